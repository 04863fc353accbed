using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Smb1Exporter.TicketReceiver.Tests.Fakes;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.BuiltIn;

/// <summary>The built-in tickets where outbox and tickets lie in PostgreSQL.</summary>
public sealed class BuiltInOnPostgresContractTests(SharedPostgres postgres) : StatefulTicketingContract
{
    private protected override async Task<IStatefulFixture> StartStatefulAsync() =>
        new Fixture(await TestDatabase.CreateAsync(await postgres.ServerAsync()));

    private sealed class Fixture(TestDatabase database) : IStatefulFixture
    {
        private readonly FaultyDatabase _faulty = new(() => new NpgsqlException("Exception while reading from stream", new EndOfStreamException()));

        public IReadOnlyList<(string Key, string Value)> Settings => database.Settings;

        public string CatchAll => "";

        public string Contoso => "";

        public int LongestSubject => 8 * 255;

        public IReadOnlyList<string> Secrets => [database.Server.Password];

        public FaultPlan Faults => _faulty.Faults;

        public string ToldWhenDown => "not delivered";

        public bool AsksForTime => false;

        public bool Refuses => false;

        public IReadOnlyDictionary<string, Misconfiguration> Misconfigurations { get; } = new Dictionary<string, Misconfiguration>();

        public string? Excludes(FaultKind kind) => FaultyDatabase.Excludes(kind);

        public void Adapt(IServiceCollection services) => _faulty.AddTo(services);

        public async Task<IReadOnlyList<SeenTicket>> TicketsAsync()
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

        public Task CloseAsync(string reference) => database.QueryAsync($"UPDATE \"Tickets\" SET \"ClosedAt\" = 1 WHERE \"Id\" = {reference}");

        public Task DeleteAsync(string reference) => database.QueryAsync($"DELETE FROM \"Tickets\" WHERE \"Id\" = {reference}");

        public Task MoveAsync(string reference) => Task.CompletedTask;

        public Task AddForeignTicketAsync() => Task.CompletedTask;

        public bool LoseKeys() => false;

        public ValueTask DisposeAsync()
        {
            database.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
