using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.BuiltIn;

public sealed class BuiltInContractTests : StatefulTicketingContract
{
    private protected override Task<IStatefulFixture> StartStatefulAsync() => Task.FromResult<IStatefulFixture>(new Fixture());

    private sealed class Fixture : IStatefulFixture
    {
        // SQLITE_IOERR
        private const int DiskFault = 10;

        private readonly TemporaryFolder _folder = new();
        private readonly FaultyDatabase _faulty = new(() => new SqliteException("disk I/O error", DiskFault));

        public IReadOnlyList<(string Key, string Value)> Settings => [("Receiver:Database", _folder["tickets.db"])];

        public string CatchAll => "";

        public string Contoso => "";

        public int LongestSubject => 8 * 255;

        public IReadOnlyList<string> Secrets => [];

        public FaultPlan Faults => _faulty.Faults;

        public string ToldWhenDown => "not delivered";

        public bool AsksForTime => false;

        public bool Refuses => false;

        public IReadOnlyDictionary<string, Misconfiguration> Misconfigurations { get; } = new Dictionary<string, Misconfiguration>();

        public string? Excludes(FaultKind kind) => FaultyDatabase.Excludes(kind);

        public void Adapt(IServiceCollection services) => _faulty.AddTo(services);

        public Task<IReadOnlyList<SeenTicket>> TicketsAsync()
        {
            if (!File.Exists(_folder["tickets.db"]))
            {
                return Task.FromResult<IReadOnlyList<SeenTicket>>([]);
            }

            var notes = Query("SELECT \"TicketId\", \"Body\" FROM \"Notes\" ORDER BY \"Id\"").ToLookup(row => row[0], row => row[1]);
            return Task.FromResult<IReadOnlyList<SeenTicket>>(
            [
                .. Query("SELECT \"Id\", \"Subject\", \"Body\", coalesce(\"ClosedAt\", '') FROM \"Tickets\" ORDER BY \"Id\"")
                    .Select(row => new SeenTicket(row[0], "", row[1], row[2], [.. notes[row[0]]], row[3].Length == 0)),
            ]);
        }

        public Task CloseAsync(string reference) => Run($"UPDATE \"Tickets\" SET \"ClosedAt\" = 1 WHERE \"Id\" = {reference}");

        public Task DeleteAsync(string reference) => Run($"DELETE FROM \"Tickets\" WHERE \"Id\" = {reference}");

        public Task MoveAsync(string reference) => Task.CompletedTask;

        public Task AddForeignTicketAsync() => Task.CompletedTask;

        public bool LoseKeys() => false;

        public ValueTask DisposeAsync()
        {
            SqliteConnection.ClearAllPools();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }

        private Task Run(string sql)
        {
            Query(sql);
            return Task.CompletedTask;
        }

        private List<string[]> Query(string sql)
        {
            using var connection = new SqliteConnection($"Data Source={_folder["tickets.db"]};Pooling=False;Mode=ReadWrite");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var rows = new List<string[]>();
            while (reader.Read())
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => Convert.ToString(reader.GetValue(column), System.Globalization.CultureInfo.InvariantCulture)!)]);
            }

            return rows;
        }
    }
}
