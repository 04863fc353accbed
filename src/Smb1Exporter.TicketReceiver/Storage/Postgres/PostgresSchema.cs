using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Smb1Exporter.TicketReceiver.Storage.Postgres;

/// <summary>The receiver's tables in the schema that the connection's search path names first: made once, and known by a table of ours.</summary>
internal static class PostgresSchema
{
    /// <summary>Holds the version in one row, and marks the tables beside it as ours.</summary>
    public const string VersionTable = "Smb1TicketReceiver";

    // "smbT"; of two receivers that start at once, one makes the tables.
    private const int LockClass = 0x736D6254;

    /// <summary>Makes the tables where there are none, in one transaction, and makes sure that they can be used.</summary>
    /// <exception cref="StartupException">They cannot; all is as it was.</exception>
    public static void Prepare(NpgsqlDataSource source, string name)
    {
        using var database = new ReceiverDatabase(new DbContextOptionsBuilder<ReceiverDatabase>().UseNpgsql(source).Options);
        using var transaction = database.Database.BeginTransaction();
        database.Database.ExecuteSql($"SELECT pg_advisory_xact_lock({LockClass}, 0)");
        if (Schema(database) is not { } schema)
        {
            throw PostgresFault.Fault(
                name, "has no schema of those that Search Path names", "Create the schema for the account, or correct Search Path");
        }

        if (!Exists(database, VersionTable))
        {
            Create(database, name, schema);
        }
        else if (Version(database) is var version && version != ReceiverDatabase.SchemaVersion)
        {
            throw PostgresFault.Fault(
                name,
                $"has format version {version} in schema {schema}; this program knows version {ReceiverDatabase.SchemaVersion}",
                "Use the program version that wrote it, or name another database or schema (Search Path)");
        }

        // Proves that it can be written to.
        database.Database.ExecuteSqlRaw($"""UPDATE "{VersionTable}" SET "Version" = "Version" """);
        transaction.Commit();
    }

    private static void Create(ReceiverDatabase database, string name, string schema)
    {
        var foreign = database.Model.GetEntityTypes().Select(table => table.GetTableName()!).FirstOrDefault(table => Exists(database, table));
        if (foreign is not null)
        {
            throw PostgresFault.Fault(
                name,
                $"holds a table {foreign} of another program in schema {schema}",
                "Name another database, or a schema of its own: Search Path=…");
        }

        database.Database.ExecuteSqlRaw(database.Database.GenerateCreateScript());
        database.Database.ExecuteSqlRaw(string.Create(
            CultureInfo.InvariantCulture,
            $"""CREATE TABLE "{VersionTable}" ("Version" integer NOT NULL); INSERT INTO "{VersionTable}" VALUES ({ReceiverDatabase.SchemaVersion})"""));
    }

    private static string? Schema(ReceiverDatabase database) =>
        database.Database.SqlQuery<string?>($"""SELECT current_schema()::text AS "Value" """).AsEnumerable().Single();

    // In that schema alone: what other schemas of the path hold is none of our business.
    private static bool Exists(ReceiverDatabase database, string table) => database.Database.SqlQuery<int>(
        $"""SELECT count(*)::int AS "Value" FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = {table}""").AsEnumerable().Single() > 0;

    private static int Version(ReceiverDatabase database) =>
        database.Database.SqlQueryRaw<int>($"""SELECT max("Version") AS "Value" FROM "{VersionTable}" """).AsEnumerable().Single();
}
