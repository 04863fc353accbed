using Microsoft.Data.Sqlite;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.BuiltIn;

public sealed class BuiltInContractTests : StatefulTicketingContract
{
    private protected override Task<IStatefulFixture> StartStatefulAsync() => Task.FromResult<IStatefulFixture>(new Fixture());

    private sealed class Fixture() : BuiltInFixture(() => new SqliteException("disk I/O error", DiskFault))
    {
        // SQLITE_IOERR
        private const int DiskFault = 10;

        private readonly TemporaryFolder _folder = new();

        public override IReadOnlyList<(string Key, string Value)> Settings => [("Receiver:Database", _folder["tickets.db"])];

        public override IReadOnlyList<string> Secrets => [];

        public override Task<IReadOnlyList<SeenTicket>> TicketsAsync()
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

        public override ValueTask DisposeAsync()
        {
            SqliteConnection.ClearAllPools();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }

        protected override Task RunAsync(string sql)
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
