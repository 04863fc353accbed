using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Smb1Exporter.TicketReceiver.Storage.Sqlite;

/// <summary>The SQLite file behind <see cref="ReceiverDatabase"/>: where it is, how it is opened, and that it is ours.</summary>
internal static class DatabaseFile
{
    /// <summary>Marks the file as ours: "smbT" in SQLite's header (PRAGMA application_id).</summary>
    public const int ApplicationId = 0x736D6254;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // How long a write waits for another program that holds the file; the sender of a notification is told to come again after that.
    private const int BusySeconds = 2;

    /// <summary>How the program opens the file. It must exist: one that vanished is an error, not a reason to begin at zero.</summary>
    public static void Use(DbContextOptionsBuilder builder, string path) =>
        builder.UseSqlite(ConnectionString(path)).AddInterceptors(new Durability());

    /// <summary>Creates the file where there is none, brings an older one up to date, and makes sure that it can be used.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keyPrefix">What the keys of our tickets begin with; for tickets of version 1, which had none.</param>
    /// <exception cref="StartupException">It cannot; the file is as it was.</exception>
    public static void Prepare(string path, string keyPrefix)
    {
        try
        {
            CreateIfMissing(path);
            var options = new DbContextOptionsBuilder<ReceiverDatabase>();
            Use(options, path);
            using var database = new ReceiverDatabase(options.Options);
            database.Database.OpenConnection();
            switch (CheckVersion(database, path))
            {
                case 0:
                    Read(database, "PRAGMA journal_mode = WAL");
                    CreateTables(database);
                    break;
                case VersionOne.Version:
                    VersionOne.Upgrade(database, keyPrefix);
                    break;
                default:
                    // Proves that the file can be written to.
                    database.Database.ExecuteSqlRaw($"BEGIN IMMEDIATE; PRAGMA user_version = {ReceiverDatabase.SchemaVersion}; COMMIT");
                    break;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw CannotCreate(path, e);
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

    /// <summary>Creates the folder of the file where there is none. Client addresses are personal data: it is for the owner alone.</summary>
    public static void CreateFolder(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    /// <summary>How to open a file that is for the owner alone when it is created.</summary>
    public static FileStreamOptions ForOwner(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    private static void CreateIfMissing(string path)
    {
        CreateFolder(path);
        if (!File.Exists(path))
        {
            new FileStream(path, ForOwner(FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite)).Dispose();
        }
    }

    // Reads only, so a file that is not ours stays as it is. 0 when the file is empty and its tables are still to be made.
    private static long CheckVersion(ReceiverDatabase database, string path)
    {
        var version = Read(database, "PRAGMA user_version");
        var tables = Read(database, "SELECT count(*) FROM sqlite_schema");
        if (tables == 0 && version == 0)
        {
            return 0;
        }

        if (Read(database, "PRAGMA application_id") != ApplicationId)
        {
            throw Fault(path, "is the database of another program", "Name another file");
        }

        if (version is not (VersionOne.Version or ReceiverDatabase.SchemaVersion))
        {
            throw Fault(
                path,
                $"has format version {version}; this program knows versions up to {ReceiverDatabase.SchemaVersion}",
                "Use the program version that wrote it, or name another file");
        }

        if (ReadText(database, "PRAGMA quick_check(1)") is var check && check != "ok")
        {
            throw Fault(path, $"is damaged: {check}", DamagedRemedy);
        }

        return version;
    }

    // One transaction: killed in the middle, the file is still empty.
    private static void CreateTables(ReceiverDatabase database)
    {
        using var transaction = database.Database.BeginTransaction();
        if (Read(database, "PRAGMA user_version") == 0)
        {
            database.Database.ExecuteSqlRaw(database.Database.GenerateCreateScript());
            database.Database.ExecuteSqlRaw(string.Create(
                CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {ReceiverDatabase.SchemaVersion}"));
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

    /// <summary>What to do about an error of SQLite, without a full stop.</summary>
    public static string Remedy(int errorCode) => errorCode switch
    {
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => "Stop the other program that holds it",
        SQLitePCL.raw.SQLITE_FULL => "Free some space on its disk",
        SQLitePCL.raw.SQLITE_IOERR => "Look for a full or a failing disk",
        SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_CORRUPT => DamagedRemedy,
        _ => "Give the account that runs the program the right to write to the file and its folder, or name another file",
    };

    public static StartupException Fault(string path, string problem, string remedy) =>
        new($"Receiver:Database: {path} {problem.TrimEnd('.')}. {remedy}.");

    public static StartupException CannotCreate(string path, Exception cause) =>
        Fault(path, $"cannot be created: {cause.Message}", "Give the account that runs the program the right to write there, or name another file");

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
