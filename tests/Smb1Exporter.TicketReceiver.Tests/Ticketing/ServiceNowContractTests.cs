namespace Smb1Exporter.TicketReceiver.Tests.Ticketing;

public sealed class ServiceNowContractTests : StatefulTicketingContract
{
    private protected override async Task<IStatefulFixture> StartStatefulAsync() => await ServiceNowFixture.StartAsync();
}
