using Microsoft.EntityFrameworkCore;

namespace Smb1Exporter.TicketReceiver.Storage.Sqlite;

/// <summary>Files of format version 1, in which the built-in tickets were the only ticketing system, and found by the server's whole key.</summary>
internal static class VersionOne
{
    public const int Version = 1;

    private const string Tables = """
        ALTER TABLE "Notifications" ADD COLUMN "DeliveryId" TEXT NOT NULL DEFAULT '';
        ALTER TABLE "Notifications" ADD COLUMN "RefusalAnswer" TEXT NULL;
        ALTER TABLE "Notifications" ADD COLUMN "Begun" TEXT NULL;
        ALTER TABLE "Notifications" ADD COLUMN "BegunAt" INTEGER NULL;
        ALTER TABLE "Notifications" ADD COLUMN "IsUnderWay" INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE "Notifications" ADD COLUMN "DeliveredAt" INTEGER NULL;
        ALTER TABLE "Notifications" ADD COLUMN "Result" INTEGER NULL;
        ALTER TABLE "Notifications" ADD COLUMN "Reference" TEXT NULL;
        UPDATE "Notifications" SET "DeliveryId" = lower(hex(randomblob(8)));
        CREATE UNIQUE INDEX "IX_Notifications_DeliveryId" ON "Notifications" ("DeliveryId");
        CREATE INDEX "NotificationsOfServer" ON "Notifications" ("Key", "Id");
        CREATE TABLE "KnownTickets" (
            "Key" TEXT NOT NULL,
            "Reference" TEXT NOT NULL,
            CONSTRAINT "PK_KnownTickets" PRIMARY KEY ("Key", "Reference")
        );
        CREATE TABLE "Servers" (
            "Key" TEXT NOT NULL CONSTRAINT "PK_Servers" PRIMARY KEY,
            "Customer" TEXT NOT NULL,
            "Server" TEXT NOT NULL,
            "LastDeliveredAt" INTEGER NULL,
            "Reference" TEXT NULL,
            "FailuresInRow" INTEGER NOT NULL,
            "NextAttemptAt" INTEGER NULL
        );
        """;

    // Tickets were forgotten by nobody, notifications and named clients were: a server may be known from any of them.
    private const string Rows = """
        INSERT INTO "KnownTickets" ("Key", "Reference")
            SELECT "Key", CAST("Id" AS TEXT) FROM "Tickets"
            UNION SELECT "Key", "Reference" FROM "NamedClients";
        INSERT INTO "Servers" ("Key", "Customer", "Server", "FailuresInRow")
            SELECT "Key", max("Customer"), max("Server"), 0 FROM (
                SELECT "Key", "Customer", "Server" FROM "Notifications"
                UNION SELECT "Key", "Customer", "Server" FROM "Tickets"
                UNION SELECT "Key", '', '' FROM "KnownTickets")
            GROUP BY "Key";
        UPDATE "Servers" SET "Reference" = coalesce(
            (SELECT max(named."Reference") FROM "NamedClients" AS named WHERE named."Key" = "Servers"."Key"),
            (SELECT CAST(max(ticket."Id") AS TEXT) FROM "Tickets" AS ticket WHERE ticket."Key" = "Servers"."Key"));
        """;

    /// <summary>Brings the file up to date; killed in the middle, it still has version 1.</summary>
    public static void Upgrade(ReceiverDatabase database, string keyPrefix)
    {
        using var transaction = database.Database.BeginTransaction();
        database.Database.ExecuteSqlRaw(Tables);
        database.Database.ExecuteSqlRaw(Rows);
        database.Database.ExecuteSql($"""UPDATE "Tickets" SET "Key" = {keyPrefix} || '-' || substr("Key", 1, 32)""");
        database.Database.ExecuteSqlRaw($"PRAGMA user_version = {ReceiverDatabase.SchemaVersion}");
        transaction.Commit();
    }
}
