using Npgsql;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.BuiltIn;

/// <summary>The built-in tickets where outbox and tickets lie in PostgreSQL.</summary>
public sealed class BuiltInOnPostgresContractTests(SharedPostgres postgres) : StatefulTicketingContract
{
    private protected override async Task<IStatefulFixture> StartStatefulAsync() =>
        new Fixture(await TestDatabase.CreateAsync(await postgres.ServerAsync()));

    private sealed class Fixture(TestDatabase database)
        : BuiltInFixture(() => new NpgsqlException("Exception while reading from stream", new EndOfStreamException()))
    {
        public override IReadOnlyList<(string Key, string Value)> Settings => database.Settings;

        public override IReadOnlyList<string> Secrets => [database.Server.Password];

        public override async Task<IReadOnlyList<SeenTicket>> TicketsAsync()
        {
            const string Rows = """
                SELECT coalesce(json_agg(json_build_object(
                    'Reference', ticket."Id"::text, 'Destination', '', 'Subject', "Subject", 'Body', "Body", 'IsOpen', "ClosedAt" IS NULL,
                    'Notes', (SELECT coalesce(json_agg(note."Body" ORDER BY note."Id"), '[]') FROM "Notes" AS note WHERE note."TicketId" = ticket."Id"))
                    ORDER BY ticket."Id"), '[]')
                FROM "Tickets" AS ticket
                """;
            var exists = await database.QueryAsync("SELECT to_regclass('\"Tickets\"') IS NOT NULL") == "t";
            return exists ? System.Text.Json.JsonSerializer.Deserialize<List<SeenTicket>>(await database.QueryAsync(Rows))! : [];
        }

        public override ValueTask DisposeAsync()
        {
            database.Dispose();
            return ValueTask.CompletedTask;
        }

        protected override Task RunAsync(string sql) => database.QueryAsync(sql);
    }
}
