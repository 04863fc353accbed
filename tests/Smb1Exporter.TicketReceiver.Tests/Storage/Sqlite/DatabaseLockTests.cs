using Microsoft.Data.Sqlite;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Storage.Sqlite;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Storage.Sqlite;

public sealed class DatabaseLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Database => _folder["tickets.db"];

    [Fact]
    public async Task A_second_receiver_on_the_same_file_is_told_what_to_do_and_the_first_goes_on()
    {
        await using var first = await RunningReceiver.StartAsync(("Receiver:Database", Database));
        await using var second = ReceiverProcess.Start("--urls=http://127.0.0.1:0", $"--Receiver:Database={Database}");

        Assert.Equal(1, await second.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.StartsWith(
            $"smb1-ticket-receiver: Receiver:Database: {Database} is in use by another smb1-ticket-receiver. Stop that one, or name another file; ",
            second.Output,
            StringComparison.Ordinal);
        Assert.Contains("PostgreSQL", second.Output, StringComparison.Ordinal);
        using var answer = await first.Client.PostAlertsAsync(Payloads.Sample());
        answer.EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Commands_run_beside_a_receiver()
    {
        await using var receiver = await RunningReceiver.StartAsync(("Receiver:Database", Database));
        await using var command = ReceiverProcess.Start("test-ticket", $"--Receiver:Database={Database}");

        Assert.Equal(0, await command.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains(await receiver.Client.TicketsAsync(), ticket => ticket.Subject.StartsWith("TEST: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_is_just_ending_is_waited_for()
    {
        var ending = DatabaseLock.Take(Database);
        var next = Task.Run(() => DatabaseLock.Take(Database), TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(next.IsCompleted);

        ending.Dispose();
        (await next).Dispose();
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("an empty file")]
    [InlineData("an empty file in WAL mode")]
    [InlineData("a lock file")]
    public void A_start_that_was_killed_before_its_first_transaction_is_made_up_for(string left)
    {
        if (left != "nothing")
        {
            File.WriteAllText(left == "a lock file" ? $"{Database}.lock" : Database, "");
        }

        if (left == "an empty file in WAL mode")
        {
            using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            command.ExecuteNonQuery();
        }

        using var engine = new SqliteEngine(Database, "smb1");
        engine.Occupy();
        engine.Prepare();
        Assert.True(new FileInfo(Database).Length > 0);
    }

    [Fact]
    public async Task Killed_again_and_again_while_it_makes_the_file_it_starts_without_complaint()
    {
        for (var attempt = 0; attempt < 8; attempt++)
        {
            await using var receiver = ReceiverProcess.Start("--urls=http://127.0.0.1:0", $"--Receiver:Database={Database}");
            await Eventually.TrueAsync(() => receiver.HasExited || File.Exists(Database), "the file is being made");
            Assert.False(receiver.HasExited, receiver.Output);
            await Task.Delay(attempt * 15, TestContext.Current.CancellationToken);
            receiver.Kill();
            await receiver.WaitForExitAsync(TimeSpan.FromSeconds(10));
            if (attempt < 6)
            {
                Directory.GetFiles(_folder.Path).ToList().ForEach(File.Delete);
            }
        }

        await using var last = ReceiverProcess.Start("--urls=http://127.0.0.1:0", $"--Receiver:Database={Database}");
        await last.ListeningAsync();
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
