namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Webhook;

/// <summary>With a reference in the answer, without which a page of maintenance would pass for a ticket.</summary>
public sealed class WebhookContractTests : TicketingContract
{
    private protected override async Task<ITicketingFixture> StartAsync() => await WebhookFixture.StartAsync();
}
