namespace Smb1Exporter.TicketReceiver.Tests.Ticketing;

public sealed class EmailContractTests : TicketingContract
{
    private protected override Task<ITicketingFixture> StartAsync() => Task.FromResult<ITicketingFixture>(new EmailFixture());
}
