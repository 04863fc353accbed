using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Smb1Exporter.State;

/// <summary>The tables of the state file. Times are microseconds since 1970, UTC.</summary>
internal static class StateSchema
{
    /// <summary>"SMB1" in ASCII; see SQLite's PRAGMA application_id.</summary>
    public const int ApplicationId = 0x534D4231;

    /// <summary>Raised with every change of the tables.</summary>
    public const int Version = 2;

    /// <summary>Text that SQLite keeps in the file with the schema, by which a damaged file is still known as ours.</summary>
    public const string Marker = "smb1-exporter state";

    private const string Create = $"""
        CREATE TABLE client (
            -- {Marker}
            address TEXT PRIMARY KEY, total INTEGER NOT NULL, shown INTEGER NOT NULL,
            first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE counter (name TEXT PRIMARY KEY, total INTEGER NOT NULL, shown INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE connection (
            key TEXT PRIMARY KEY, first_time INTEGER NOT NULL, read_time INTEGER NOT NULL,
            session_time INTEGER, session TEXT) WITHOUT ROWID;
        CREATE TABLE position (source TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (source, key)) WITHOUT ROWID;
        CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>Tables that came later. An earlier version leaves them alone, so they need no new <see cref="Version"/>.</summary>
    private const string CreateAdditions = """
        CREATE TABLE IF NOT EXISTS coverage_event (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, text TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS client_name (address TEXT PRIMARY KEY, dns TEXT, workstation TEXT, looked_up INTEGER) WITHOUT ROWID;
        """;

    /// <summary>Positions became rows, and connections know their session.</summary>
    private const string From1To2 = """
        ALTER TABLE connection ADD COLUMN session_time INTEGER;
        ALTER TABLE connection ADD COLUMN session TEXT;
        CREATE TABLE position (source TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (source, key)) WITHOUT ROWID;
        INSERT INTO position SELECT substr(name, 10), '', value FROM state WHERE name LIKE 'position/%';
        DELETE FROM state WHERE name LIKE 'position/%';
        """;

    /// <summary>Whether the tables are there with their columns.</summary>
    public static bool IsComplete(SqliteConnection connection)
    {
        const string AllColumns = """
            SELECT address, total, shown, first_seen, last_seen FROM client WHERE 0;
            SELECT name, total, shown FROM counter WHERE 0;
            SELECT key, first_time, read_time FROM connection WHERE 0;
            SELECT name, value FROM state WHERE 0;
            """;
        const int NoSuchTableOrColumn = 1;
        try
        {
            Execute(connection, AllColumns);
            return true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == NoSuchTableOrColumn)
        {
            return false;
        }
    }

    /// <summary>Makes the tables of a new file, and writes once in any case: a file that cannot be written shows now.</summary>
    public static void Prepare(SqliteConnection connection, string path)
    {
        using (var transaction = connection.BeginTransaction())
        {
            switch (Scalar<long>(connection, "PRAGMA user_version"))
            {
                case 0:
                    Execute(connection, $"{Create} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};");
                    break;
                case 1:
                    Execute(connection, $"{From1To2} PRAGMA user_version = 2;");
                    break;
                default:
                    break;
            }

            Execute(connection, CreateAdditions);
            Execute(connection, "INSERT INTO state VALUES ('opened', '1') ON CONFLICT DO UPDATE SET value = value + 1");
            transaction.Commit();
        }

        // Full: a total that was shown must be there after a power failure too.
        Execute(connection, "PRAGMA synchronous = FULL");
        if (Scalar<string>(connection, "PRAGMA journal_mode = WAL") != "wal")
        {
            throw new StartupException(
                $"The state file {path} lies on a file system where SQLite cannot keep a write-ahead log (a network share?). " +
                "Set Exporter:StateFile to a file on a local disk.");
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static T Scalar<T>(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)Convert.ChangeType(command.ExecuteScalar()!, typeof(T), CultureInfo.InvariantCulture);
    }
}
