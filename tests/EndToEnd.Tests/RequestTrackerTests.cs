using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

[assembly: AssemblyFixture(typeof(RequestTrackerPool))]

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>The receiver as a program, with a real Request Tracker.</summary>
public sealed class RequestTrackerTests : IDisposable
{
    private readonly TemporaryFolder _receiverFolder = new();

    public void Dispose() => _receiverFolder.Dispose();

    [Fact]
    public async Task A_server_has_one_open_ticket_also_after_a_new_start_without_the_database_and_a_new_one_once_a_technician_closed_it()
    {
        await using var tracker = await StartTrackerAsync();
        await using (var receiver = await StartAsync(tracker))
        {
            await receiver.NotifyAsync("FS01", 12);
            await TicketsOnceAsync(tracker, "12");
            await receiver.NotifyAsync("FS01", 3);
            var ticket = Assert.Single(await TicketsOnceAsync(tracker, "12 3"));
            Assert.Equal(("Alerts", "SMB1 Traffic Detected on FS01", "new"), (ticket.Queue, ticket.Subject, ticket.Status));
            Assert.StartsWith("smb1-", ticket.Fields["SMB1 Key"], StringComparison.Ordinal);
        }

        foreach (var file in Directory.EnumerateFiles(_receiverFolder.Path, "tickets.db*"))
        {
            File.Delete(file);
        }

        await using var other = await StartAsync(tracker);
        await other.NotifyAsync("FS01", 4);
        var found = Assert.Single(await TicketsOnceAsync(tracker, "12 3 4"));
        await tracker.ResolveAsync(found.Id);
        await other.NotifyAsync("FS01", 5);
        var tickets = await TicketsOnceAsync(tracker, "12 3 4", "5");
        Assert.Equal(["resolved", "new"], tickets.Select(ticket => ticket.Status));
    }

    [Fact]
    public async Task A_ticket_merged_into_that_of_another_server_is_replaced_and_the_other_goes_on_alone()
    {
        await using var tracker = await StartTrackerAsync();
        await using var receiver = await StartAsync(tracker);
        await receiver.NotifyAsync("FS01", 1);
        await TicketsOnceAsync(tracker, "1");
        await receiver.NotifyAsync("FS02", 2);
        var tickets = await TicketsOnceAsync(tracker, "1", "2");
        await tracker.MergeAsync(tickets[0].Id, into: tickets[1].Id);

        await receiver.NotifyAsync("FS01", 3);
        await TicketsOnceAsync(tracker, "1 2", "3");
        await receiver.NotifyAsync("FS02", 4);
        await TicketsOnceAsync(tracker, "1 2 4", "3");
    }

    [Fact]
    public async Task A_field_that_is_missing_is_told_at_start_and_the_token_is_not()
    {
        await using var tracker = await StartTrackerAsync();
        await using var receiver = await StartAsync(tracker, "--Receiver:RequestTracker:KeyField=No Such Key");

        await Eventually.TrueAsync(
            () => receiver.Process.Output.Contains("No ticket can be delivered", StringComparison.Ordinal), "the program says that it cannot deliver");
        Assert.Contains("Receiver:RequestTracker:KeyField: there is no custom field 'No Such Key'", receiver.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(tracker.TokenOf(RequestTrackerServer.ReceiverUser), receiver.Process.Output, StringComparison.Ordinal);
        await receiver.NotifyAsync("FS01", 1);
        Assert.Empty(await tracker.TicketsAsync());
    }

    [Fact]
    public async Task The_token_may_stand_in_the_environment()
    {
        await using var tracker = await StartTrackerAsync();
        var environment = new Dictionary<string, string?> { ["Receiver__RequestTracker__Token"] = tracker.TokenOf(RequestTrackerServer.ReceiverUser) };
        await using var receiver = await ReceiverProcess.StartAsync(_receiverFolder.Path, environment, Arguments(tracker));

        await receiver.NotifyAsync("FS01", 1);
        await TicketsOnceAsync(tracker, "1");
    }

    private static async Task<RequestTrackerServer> StartTrackerAsync()
    {
        Assert.SkipWhen(RequestTrackerServer.Missing is not null, RequestTrackerServer.Missing ?? "");
        return await RequestTrackerServer.StartAsync();
    }

    private async Task<ReceiverProcess> StartAsync(RequestTrackerServer tracker, params IEnumerable<string> arguments)
    {
        var tokenFile = _receiverFolder["rt.token"];
        await File.WriteAllTextAsync(tokenFile, tracker.TokenOf(RequestTrackerServer.ReceiverUser) + "\n");
        File.SetUnixFileMode(tokenFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return await ReceiverProcess.StartAsync(
            _receiverFolder.Path, [.. Arguments(tracker), $"--Receiver:RequestTracker:TokenFile={tokenFile}", .. arguments]);
    }

    private static IEnumerable<string> Arguments(RequestTrackerServer tracker) =>
        ["--Receiver:TicketingSystem=RequestTracker", $"--Receiver:RequestTracker:Url={tracker.Address}", "--Receiver:CatchAll:Queue=Alerts"];

    /// <summary>Waits until the tickets, oldest first, hold these attempts in their texts.</summary>
    private static Task<IReadOnlyList<RequestTrackerTicket>> TicketsOnceAsync(RequestTrackerServer tracker, params string[] attempts) => Eventually.GetAsync(
        tracker.TicketsAsync, tickets => tickets.Select(AttemptsIn).SequenceEqual(attempts), $"tickets with {string.Join(", ", attempts)}");

    private static string AttemptsIn(RequestTrackerTicket ticket) => string.Join(' ', ticket.Texts.Select(text =>
        text.Split('\n').Single(line => line.StartsWith($"{AlertNotification.Client}: ", StringComparison.Ordinal)).Split(' ')[1]));
}
