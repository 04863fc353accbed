namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.ServiceNow;

public sealed class ServiceNowContractTests : StatefulTicketingContract
{
    private protected override async Task<IStatefulFixture> StartStatefulAsync() => await ServiceNowFixture.StartAsync();
}
