using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>The SQLite file behind <see cref="ReceiverDatabase"/>: where it is, how it is opened, and that it is ours.</summary>
internal static class DatabaseFile
{
    /// <summary>Raised with every change of the tables; a file of a higher version is left alone.</summary>
    public const int SchemaVersion = 1;

    /// <summary>Marks the file as ours: "smbT" in SQLite's header (PRAGMA application_id).</summary>
    public const int ApplicationId = 0x736D6254;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // How long a write waits for another program that holds the file; the sender of a notification is told to come again after that.
    private const int BusySeconds = 2;

    /// <summary>How the program opens the file. It must exist: one that vanished is an error, not a reason to begin at zero.</summary>
    public static void Use(DbContextOptionsBuilder builder, string path) =>
        builder.UseSqlite(ConnectionString(path)).AddInterceptors(new Durability());

    /// <summary>Creates the file where there is none, and makes sure that it can be used.</summary>
    /// <exception cref="StartupException">It cannot; the file is as it was.</exception>
    public static void Prepare(string path)
    {
        try
        {
            CreateIfMissing(path);
            var options = new DbContextOptionsBuilder<ReceiverDatabase>();
            Use(options, path);
            using var database = new ReceiverDatabase(options.Options);
            database.Database.OpenConnection();
            if (CheckOwner(database, path))
            {
                Read(database, "PRAGMA journal_mode = WAL");
                CreateTables(database);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Fault(path, $"cannot be created: {e.Message}", "Give the account that runs the program the right to write there, or name another file");
        }
        catch (SqliteException e)
        {
            throw Fault(path, $"cannot be used: {e.Message}", Remedy(e.SqliteErrorCode));
        }
    }

    private static string ConnectionString(string path) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWrite,
        DefaultTimeout = BusySeconds,
    }.ToString();

    private static void CreateIfMissing(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
            return;
        }

        // Client addresses are personal data: what is created here is for the owner alone.
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        if (!File.Exists(path))
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
            new FileStream(path, options).Dispose();
        }
    }

    // Reads only, so a file that is not ours stays as it is. True when the file is empty and its tables are still to be made.
    private static bool CheckOwner(ReceiverDatabase database, string path)
    {
        var version = Read(database, "PRAGMA user_version");
        var tables = Read(database, "SELECT count(*) FROM sqlite_schema");
        if (tables == 0 && version == 0)
        {
            return true;
        }

        if (Read(database, "PRAGMA application_id") != ApplicationId)
        {
            throw Fault(path, "is the database of another program", "Name another file");
        }

        if (version != SchemaVersion)
        {
            throw Fault(
                path,
                $"has format version {version}; this program knows version {SchemaVersion}",
                "Use the program version that wrote it, or name another file");
        }

        if (ReadText(database, "PRAGMA quick_check(1)") is var check && check != "ok")
        {
            throw Fault(path, $"is damaged: {check}", DamagedRemedy);
        }

        // Proves that the file can be written to.
        database.Database.ExecuteSqlRaw("BEGIN IMMEDIATE; PRAGMA user_version = 1; COMMIT");
        return false;
    }

    // One transaction: killed in the middle, the file is still empty.
    private static void CreateTables(ReceiverDatabase database)
    {
        using var transaction = database.Database.BeginTransaction();
        if (Read(database, "PRAGMA user_version") == 0)
        {
            database.Database.ExecuteSqlRaw(database.Database.GenerateCreateScript());
            database.Database.ExecuteSqlRaw(string.Create(
                CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion}"));
        }

        transaction.Commit();
    }

    private static long Read(ReceiverDatabase database, string sql) =>
        long.TryParse(ReadText(database, sql), CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string? ReadText(ReceiverDatabase database, string sql)
    {
        using var command = database.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.Transaction = database.Database.CurrentTransaction is { } current
            ? Microsoft.EntityFrameworkCore.Storage.DbContextTransactionExtensions.GetDbTransaction(current)
            : null;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private const string DamagedRemedy =
        "Restore it from a backup, or move it away (with its -wal and -shm files) to begin with an empty one";

    private static string Remedy(int errorCode) => errorCode switch
    {
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => "Stop the other program that holds it",
        SQLitePCL.raw.SQLITE_FULL => "Free some space on its disk",
        SQLitePCL.raw.SQLITE_IOERR => "Look for a full or a failing disk",
        SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_CORRUPT => DamagedRemedy,
        _ => "Give the account that runs the program the right to write to the file and its folder, or name another file",
    };

    private static StartupException Fault(string path, string problem, string remedy) =>
        new($"Receiver:Database: {path} {problem.TrimEnd('.')}. {remedy}.");

    /// <summary>A committed transaction survives a power cut; a short wait for another writer is no failure.</summary>
    private sealed class Durability : DbConnectionInterceptor
    {
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA busy_timeout = {BusySeconds * 1000}; PRAGMA synchronous = FULL";
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
