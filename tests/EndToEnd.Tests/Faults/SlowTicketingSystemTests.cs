using Smb1Exporter.EndToEnd.Tests.Fakes;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>A ticketing system that does what it is asked for, and says so too late.</summary>
public sealed class SlowTicketingSystemTests
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(6);

    /// <summary>After the time-out, and well before as much time again has passed, in which a ticket that nobody answered for may still appear.</summary>
    private static readonly TimeSpan TicketAfter = RequestTimeout + TimeSpan.FromSeconds(2);

    [FieldFact("Request Tracker 5.0.10 whose mail took 40 s: 19 tickets for 12 servers, with all defaults")]
    public async Task A_ticket_that_appears_after_the_time_out_is_found_and_not_opened_again()
    {
        await using var site = new Site();
        var tracker = await site.RequestTrackerAsync();
        var late = site.Own(new LateProxy(
            tracker.Address, request => request is { HttpMethod: "POST", RawUrl: "/REST/2.0/ticket" } ? TicketAfter : TimeSpan.Zero));
        var receiver = await site.ReceiverForAsync(
            tracker, $"--Receiver:RequestTracker:Url={late.Address}", $"--Receiver:RequestTimeout={RequestTimeout:c}", "--Receiver:RetryFirst=00:00:00.1");

        await receiver.NotifyAsync("FS01", attempts: 3);
        await receiver.WhenDeliveredAsync();
        await late.WhenAllPassedOnAsync();

        var tickets = await tracker.TicketsAsync();
        Assert.True(tickets.Count == 1, $"{tickets.Count} tickets for one server");
    }
}
