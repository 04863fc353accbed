using System.Text.RegularExpressions;
using Smb1Exporter.TicketReceiver.Outbox.Postgres;
using Smb1Exporter.TicketReceiver.Outbox.Sqlite;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>Where outbox and built-in tickets are kept. As a text it is what people are shown of it: no secret, no account.</summary>
/// <param name="Name">That text.</param>
internal abstract partial record DatabaseLocation(string Name)
{
    private const string Key = "Database";
    private const string PasswordKey = "DatabasePassword";

    /// <summary>What reaches it; nothing is opened yet.</summary>
    /// <param name="keyPrefix">See <see cref="Hosting.ReceiverOptions.KeyPrefix"/>.</param>
    /// <param name="maxParallelDeliveries">See <see cref="Hosting.ReceiverOptions.MaxParallelDeliveries"/>.</param>
    /// <exception cref="StartupException">Something that it is reached with is wrong.</exception>
    public abstract IDatabaseEngine Create(string keyPrefix, int maxParallelDeliveries);

    public sealed override string ToString() => Name;

    /// <summary>Reads <c>Database</c>, a path or a connection string of PostgreSQL, and <c>DatabasePassword</c>.</summary>
    public static DatabaseLocation Read(SectionReader reader)
    {
        string? problem = null;
        var location = reader.Value<DatabaseLocation>(
            Key,
            new SqliteLocation(DefaultPath()),
            text => IsServer(text) ? PostgresLocation.Parse(text, out problem) : new SqliteLocation(Path.GetFullPath(text)),
            "a path");
        var password = reader.Secret(PasswordKey);
        if (problem is not null)
        {
            // Never with the value: it may hold a password.
            reader.Reject(Key, problem);
        }

        if (location is PostgresLocation server)
        {
            return server with { Password = password };
        }

        if (password is not null)
        {
            reader.Reject(PasswordKey, $"is for PostgreSQL only, and Receiver:{Key} names a file. Remove it, or let Receiver:{Key} be a connection string that begins with Host=.");
        }

        return location;
    }

    private static bool IsServer(string text) => ServerPattern().IsMatch(text);

    private static string DefaultPath() => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "smb1-ticket-receiver", "tickets.db")
        : "/var/lib/smb1-ticket-receiver/tickets.db";

    [GeneratedRegex(@"(^|;)\s*(host|server)\s*=|^\s*postgres(ql)?://", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ServerPattern();
}
