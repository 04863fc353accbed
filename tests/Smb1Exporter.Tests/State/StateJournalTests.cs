using Microsoft.Data.Sqlite;
using Smb1Exporter.State;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.State;

public sealed class StateJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Servers_in_one_file_have_each_their_own_clients_counters_and_days()
    {
        using var connection = StateFile.Connect(_folder["state.db"], SqliteOpenMode.ReadWriteCreate);
        StateSchema.Prepare(connection, _folder["state.db"]);
        using var first = new StateJournal(connection);
        using var second = new StateJournal(connection, "fs02");
        Write(connection, first, 3);
        Write(connection, second, 5);
        Write(connection, first, 1);

        Assert.Equal((4, 4, 1), Read(connection, first));
        Assert.Equal((5, 5, 1), Read(connection, second));
        Assert.Equal(2L, StateSchema.Scalar<long>(connection, "SELECT count(*) FROM client"));
    }

    private static void Write(SqliteConnection connection, StateJournal journal, int attempts)
    {
        using var transaction = connection.BeginTransaction();
        var stored = journal.Read(transaction, timestamp: 0);
        var change = new StateChange(stored);
        var client = change.FindClient("10.0.0.1") ?? new ClientTotals("10.0.0.1", default, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        change.SetClient(client with { Attempts = client.Attempts.Plus(attempts, holdUntil: 0) });
        change.Add(CounterNames.Excluded, attempts, holdUntil: 0);
        change.AddToDay(new DateOnly(2026, 11, 28), "10.0.0.1", attempts);
        journal.Write(transaction, change, stored);
        transaction.Commit();
    }

    private static (long Attempts, long Excluded, int Days) Read(SqliteConnection connection, StateJournal journal)
    {
        using var transaction = connection.BeginTransaction(deferred: true);
        var state = journal.Read(transaction, timestamp: 0);
        return (state.Clients.Values.Single().Attempts.Total, state.Counters[CounterNames.Excluded].Total, state.Days.Count);
    }
}
