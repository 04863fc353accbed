namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.RequestTracker;

/// <summary>The contract, on a real Request Tracker. Its pages hold 20 tickets.</summary>
public sealed class RequestTrackerContractTests : StatefulTicketingContract
{
    private protected override int ClosedTickets => 25;

    private protected override int Servers => 15;

    private protected override TimeSpan ShortTimeout => TimeSpan.FromSeconds(4);

    private protected override async Task<IStatefulFixture> StartStatefulAsync() => await RequestTrackerFixture.StartAsync();
}
