namespace Smb1Exporter.TicketReceiver.Ticketing.Webhook;

/// <summary>How the webhook is called; the values of <c>Receiver:Webhook:Method</c>.</summary>
internal enum WebhookMethod
{
    Post,
    Put,
    Patch,
}
