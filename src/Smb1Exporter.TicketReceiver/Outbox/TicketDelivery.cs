using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Hosting;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>What a delivery did; the values of the label <c>result</c>.</summary>
internal enum DeliveryResultKind
{
    /// <summary>Opened a ticket.</summary>
    Opened,

    /// <summary>Added a note to the open ticket.</summary>
    Noted,

    /// <summary>Left the open ticket as it is, as <c>Receiver:Repeat</c> says.</summary>
    Unchanged,

    /// <summary>Failed and will be tried again.</summary>
    Failed,

    /// <summary>Was refused for good and set aside.</summary>
    Refused,
}

/// <summary>How one attempt at delivery ended.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="Reference">The ticket; null when it failed or was refused.</param>
/// <param name="Why">Why it failed or was refused.</param>
/// <param name="After">How long the ticketing system asked to be left alone.</param>
internal sealed record DeliveryResult(DeliveryResultKind Kind, string? Reference = null, string? Why = null, TimeSpan? After = null);

/// <summary>One attempt: the first firing opens a ticket, each later one adds a note while it is open.</summary>
internal sealed class TicketDelivery(ITicketingSystem ticketing, DeliveryQueue queue, ReceiverOptions options)
{
    public async Task<DeliveryResult> AttemptAsync(Notification notification, CancellationToken cancellationToken)
    {
        var message = new TicketMessage(
            notification.Id, notification.Key, notification.Customer, notification.Server, notification.Subject, notification.Body);
        try
        {
            var found = await ticketing.FindOpenAsync(notification.Key, cancellationToken);
            if (found is not TicketingOutcome.Done { Reference: var reference })
            {
                return Result(found, DeliveryResultKind.Unchanged);
            }

            if (reference is null)
            {
                return Result(await ticketing.CreateAsync(message, cancellationToken), DeliveryResultKind.Opened);
            }

            return await WantsNoteAsync(notification, reference, cancellationToken)
                ? Result(await ticketing.AddNoteAsync(reference, message, cancellationToken), DeliveryResultKind.Noted)
                : new DeliveryResult(DeliveryResultKind.Unchanged, reference);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryResult(DeliveryResultKind.Failed, Why: SafeText.Line(e.GetBaseException().Message) ?? e.GetType().Name);
        }
    }

    private async Task<bool> WantsNoteAsync(Notification notification, string reference, CancellationToken cancellationToken)
    {
        switch (options.Repeat)
        {
            case RepeatMode.Once:
                return false;
            case RepeatMode.OnChange:
                var named = await queue.NamedClientsAsync(notification.Key, reference, cancellationToken);
                return notification.Clients.Split('\n').Any(client => !named.Contains(client));
            default:
                return true;
        }
    }

    private static DeliveryResult Result(TicketingOutcome outcome, DeliveryResultKind done) => outcome switch
    {
        TicketingOutcome.Done { Reference: { } reference } => new DeliveryResult(done, reference),
        TicketingOutcome.RetryLater later => new DeliveryResult(DeliveryResultKind.Failed, Why: later.Why, After: later.After),
        TicketingOutcome.Refused refused => new DeliveryResult(DeliveryResultKind.Refused, Why: refused.Why),
        _ => throw new InvalidOperationException("The ticketing system did not name the ticket."),
    };
}
