namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Email;

public sealed class EmailContractTests : TicketingContract
{
    private protected override Task<ITicketingFixture> StartAsync() => Task.FromResult<ITicketingFixture>(new EmailFixture());
}
