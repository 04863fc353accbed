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

    /// <summary>The first column of every table: which server a row is about. One exporter may read the records of many.</summary>
    public const string Server = "server";

    /// <summary>The server on which the exporter itself runs, however it is called.</summary>
    public const string ThisServer = "";

    /// <summary>The last column of every table; see <see cref="StateTable"/>.</summary>
    public const string Checksum = "checksum";

    private const string Create = $"""
        CREATE TABLE client (
            -- {Marker}
            {Server} TEXT NOT NULL, address TEXT NOT NULL, total INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
            dns TEXT, workstation TEXT, looked_up INTEGER, name TEXT, named_at INTEGER, {Checksum} INTEGER NOT NULL,
            PRIMARY KEY ({Server}, address)) WITHOUT ROWID;
        CREATE TABLE counter (
            {Server} TEXT NOT NULL, name TEXT NOT NULL, total INTEGER NOT NULL, {Checksum} INTEGER NOT NULL,
            PRIMARY KEY ({Server}, name)) WITHOUT ROWID;
        CREATE TABLE day (
            {Server} TEXT NOT NULL, day INTEGER NOT NULL, address TEXT NOT NULL, attempts INTEGER NOT NULL, {Checksum} INTEGER NOT NULL,
            PRIMARY KEY ({Server}, day, address)) WITHOUT ROWID;
        CREATE TABLE connection (
            {Server} TEXT NOT NULL, id INTEGER NOT NULL, entries BLOB NOT NULL, {Checksum} INTEGER NOT NULL, PRIMARY KEY ({Server}, id));
        CREATE TABLE position (
            {Server} TEXT NOT NULL, source TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, {Checksum} INTEGER NOT NULL,
            PRIMARY KEY ({Server}, source, key)) WITHOUT ROWID;
        CREATE TABLE coverage (
            {Server} TEXT NOT NULL, id INTEGER NOT NULL, begin_time INTEGER NOT NULL, end_time INTEGER, text TEXT NOT NULL,
            is_note INTEGER NOT NULL, {Checksum} INTEGER NOT NULL, PRIMARY KEY ({Server}, id)) WITHOUT ROWID;
        CREATE TABLE state (
            {Server} TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, {Checksum} INTEGER NOT NULL,
            PRIMARY KEY ({Server}, name)) WITHOUT ROWID;
        CREATE TABLE request (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, argument TEXT NOT NULL, answer TEXT);
        """;

    /// <summary>Whether the tables are there with their columns, as the version that wrote the file made them.</summary>
    public static bool IsComplete(SqliteConnection connection)
    {
        const int NoSuchTableOrColumn = 1;
        try
        {
            if (Scalar<long>(connection, "PRAGMA user_version") == 1)
            {
                FirstFormat.Prepare(connection);
            }
            else
            {
                using var journal = new StateJournal(connection);
                journal.Prepare();
                StateRequests.Prepare(connection);
            }

            return true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == NoSuchTableOrColumn)
        {
            return false;
        }
    }

    /// <summary>Makes the tables of a new file, takes over those of an earlier version, and writes once in any case: a file that cannot be written shows now.</summary>
    public static void Prepare(SqliteConnection connection, string path)
    {
        // What is forgotten leaves the file: addresses are personal data.
        Execute(connection, "PRAGMA secure_delete = ON");
        using (var transaction = connection.BeginTransaction())
        {
            switch (Scalar<long>(connection, "PRAGMA user_version"))
            {
                case 0:
                    Execute(connection, $"{Create} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};");
                    break;
                case 1:
                    var old = FirstFormat.Read(connection, transaction);
                    Execute(connection, $"{FirstFormat.Drop} {Create} PRAGMA user_version = {Version};");
                    using (var journal = new StateJournal(connection))
                    {
                        journal.Write(transaction, old);
                    }

                    break;
                default:
                    break;
            }

            Execute(connection, "DELETE FROM request");
            Execute(connection, "PRAGMA user_version = " + Version.ToString(CultureInfo.InvariantCulture));
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

    /// <summary>Empties the tables.</summary>
    public static void Clear(SqliteConnection connection) => Execute(
        connection,
        "DELETE FROM client; DELETE FROM counter; DELETE FROM day; DELETE FROM connection; DELETE FROM position; DELETE FROM coverage; DELETE FROM state;");

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
