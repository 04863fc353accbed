using System.Text.RegularExpressions;
using Smb1Exporter.TicketReceiver.Storage;
using Smb1Exporter.TicketReceiver.Storage.Postgres;
using Smb1Exporter.TicketReceiver.Storage.Sqlite;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Says which kind of database the settings name.</summary>
internal static partial class DatabaseSettings
{
    private const string Key = "Database";
    private const string PasswordKey = "DatabasePassword";

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
