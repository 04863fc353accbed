using Smb1Exporter.TestSupport;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.RequestTracker;

/// <summary>The contract, on a real Request Tracker. Its pages hold 20 tickets.</summary>
public sealed class RequestTrackerContractTests : StatefulTicketingContract
{
    // Each row starts a server; what goes wrong on the way stays in every run.
    [Trait(Length.Trait, Length.IsLong)]
    public override Task Whichever_request_is_answered_with_a_status_of_failure_nothing_is_lost_and_nothing_doubled(int status) =>
        base.Whichever_request_is_answered_with_a_status_of_failure_nothing_is_lost_and_nothing_doubled(status);

    private protected override int ClosedTickets => 25;

    private protected override int Servers => 15;

    private protected override TimeSpan ShortTimeout => TimeSpan.FromSeconds(4);

    private protected override async Task<IStatefulFixture> StartStatefulAsync() => await RequestTrackerFixture.StartAsync();
}
