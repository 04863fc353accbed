using System.Text.RegularExpressions;
using Npgsql;

namespace Smb1Exporter.TicketReceiver.Storage.Postgres;

/// <summary>A database of PostgreSQL, which several receivers may share.</summary>
/// <param name="ConnectionString">As Npgsql documents it, without a password.</param>
/// <param name="Name">Host and database alone.</param>
/// <param name="Password">The account's password; null when it signs in otherwise.</param>
internal sealed partial record PostgresLocation(string ConnectionString, string Name, Secret? Password = null) : DatabaseLocation(Name)
{
    // Beside those that hold a server's lock while its delivery is under way: for senders, pages and what deliveries write.
    private const int OtherConnections = 6;

    private const string SecretRemedy = "Remove it, and put the password into a file named with Receiver:DatabasePasswordFile";

    /// <summary>Reads a connection string.</summary>
    /// <param name="text">The string.</param>
    /// <param name="problem">What is wrong with it and what to do, without any part of it that may be secret; null when nothing is.</param>
    public static PostgresLocation Parse(string text, out string? problem)
    {
        var nothing = new PostgresLocation("", "PostgreSQL");
        if (text.Contains("://", StringComparison.Ordinal))
        {
            problem = "is an address. Write a connection string instead: Host=db.example;Database=smb1;Username=smb1.";
            return nothing;
        }

        if (SecretPattern().IsMatch(text))
        {
            problem = $"holds a password, which others could read there. {SecretRemedy}.";
            return nothing;
        }

        try
        {
            var builder = new NpgsqlConnectionStringBuilder(text);
            problem = builder switch
            {
                { Host: null or "" } => "names no host. Add Host=…;.",
                { Database: null or "" } => "names no database. Add Database=…;.",
                _ => null,
            };
            return new PostgresLocation(text, $"PostgreSQL {builder.Host}/{builder.Database}");
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException or NotSupportedException)
        {
            problem = $"is no connection string of PostgreSQL: {e.Message.TrimEnd('.')}. Write it like Host=db.example;Database=smb1;Username=smb1.";
            return nothing;
        }
    }

    public override IDatabaseEngine Create(string keyPrefix, int maxParallelDeliveries)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString);
        if (!settings.ShouldSerialize("Maximum Pool Size"))
        {
            settings.MaxPoolSize = maxParallelDeliveries + OtherConnections;
        }
        else if (settings.MaxPoolSize <= maxParallelDeliveries)
        {
            throw new StartupException(
                $"Receiver:Database: Maximum Pool Size is {settings.MaxPoolSize}, and {maxParallelDeliveries} deliveries at the same time "
                + $"(Receiver:MaxParallelDeliveries) need at least {maxParallelDeliveries + 1}. Raise or remove it, or lower that.");
        }

        if (!settings.ShouldSerialize("Application Name"))
        {
            settings.ApplicationName = "smb1-ticket-receiver";
        }

        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (Password is { } password)
        {
            builder.UsePasswordProvider(_ => password.Reveal(), (_, _) => ValueTask.FromResult(password.Reveal()));
        }

        try
        {
            return new PostgresEngine(builder.Build(), Name);
        }
        catch (Exception e) when (e is not StartupException)
        {
            throw PostgresFault.AtStart(Name, e);
        }
    }

    [GeneratedRegex(@"(^|;)\s*(password|psw|pwd|ssl\s*password)\s*=", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SecretPattern();
}
