namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.HaloPsa;

public sealed class HaloPsaContractTests : StatefulTicketingContract
{
    private protected override async Task<IStatefulFixture> StartStatefulAsync() => await HaloPsaFixture.StartAsync();
}
