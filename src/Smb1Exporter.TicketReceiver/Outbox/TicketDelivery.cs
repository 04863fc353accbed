using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Storage;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>How one attempt at delivery ended.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="Reference">The ticket; null when it failed or was refused.</param>
/// <param name="Why">Why it failed or was refused.</param>
/// <param name="After">How long the ticketing system asked to be left alone.</param>
/// <param name="Answer">All that it answered when it refused.</param>
internal sealed record DeliveryResult(
    DeliveryResultKind Kind, string? Reference = null, string? Why = null, TimeSpan? After = null, string? Answer = null)
{
    /// <summary>Whether <see cref="After"/> is to hold for all servers: the ticketing system itself asked for it.</summary>
    public bool IsOverload { get; init; }
}

/// <summary>
/// One attempt: the first firing opens a ticket, each later one adds a note while it is open. What is about to be asked for is stored first,
/// so that an attempt whose answer was lost, or that was killed, is found again and not repeated.
/// </summary>
internal sealed class TicketDelivery(
    ITicketingSystem ticketing, DeliveryQueue queue, DeliveryOptions options, TicketingOptions ticketingOptions, TimeProvider timeProvider)
{
    /// <summary>Null when another receiver delivers the notification.</summary>
    public async Task<DeliveryResult?> AttemptAsync(Notification notification, NotifiedServer server, CancellationToken cancellationToken)
    {
        try
        {
            return await DeliverAsync(notification, server, cancellationToken);
        }
        catch (TicketingException e)
        {
            return Result(e.Outcome, DeliveryResultKind.Failed);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryResult(DeliveryResultKind.Failed, Why: TicketingProblems.Tell(e));
        }
    }

    private async Task<DeliveryResult?> DeliverAsync(Notification notification, NotifiedServer server, CancellationToken cancellationToken)
    {
        var message = MessageFor(notification);
        if (notification.Begun is { } begun and not Notification.Creation)
        {
            var earlier = await ticketing.FindNoteAsync(begun, message, cancellationToken);
            if (earlier is not TicketingOutcome.Done { Reference: null })
            {
                return Result(earlier, DeliveryResultKind.Noted);
            }

            if (Unsettled(notification, TimeSpan.Zero) is { } wait)
            {
                return wait;
            }
        }

        var found = await ticketing.FindOpenAsync(new TicketSearch(message.Key, server.Reference), cancellationToken);
        return found switch
        {
            TicketingOutcome.Done { Reference: null } => await OpenAsync(notification, message, cancellationToken),
            TicketingOutcome.Done { Reference: { } reference } => await NoteAsync(notification, reference, message, cancellationToken),
            _ => Result(found, DeliveryResultKind.Failed),
        };
    }

    private async Task<DeliveryResult?> OpenAsync(Notification notification, TicketMessage message, CancellationToken cancellationToken)
    {
        if (notification.Begun == Notification.Creation && Unsettled(notification, ticketing.SearchLag) is { } wait)
        {
            return wait;
        }

        return await queue.BeginAsync(notification, Notification.Creation, timeProvider.GetUtcNow(), cancellationToken)
            ? Result(await ticketing.CreateAsync(message, cancellationToken), DeliveryResultKind.Opened)
            : null;
    }

    // What an earlier attempt asked for may not show yet: the system shows it late, or a process that is gone had only just asked.
    private DeliveryResult? Unsettled(Notification notification, TimeSpan searchLag)
    {
        var onTheWay = notification.IsUnderWay && !ticketing.KnowsDeliveries ? ticketingOptions.RequestTimeout : TimeSpan.Zero;
        var wait = notification.BegunAt + onTheWay + searchLag - timeProvider.GetUtcNow();
        return wait > TimeSpan.Zero
            ? new DeliveryResult(DeliveryResultKind.Failed, Why: "The answer to an earlier attempt was lost, and what it did may not show yet.", After: wait)
            : null;
    }

    private async Task<DeliveryResult?> NoteAsync(
        Notification notification, string reference, TicketMessage message, CancellationToken cancellationToken)
    {
        if (notification.Begun == Notification.Creation && !await queue.IsKnownAsync(notification.Key, reference, cancellationToken))
        {
            return new DeliveryResult(DeliveryResultKind.Opened, reference);
        }

        var named = await queue.NamedClientsAsync(notification.Key, reference, cancellationToken);
        if (!WantsNote(notification, named))
        {
            return new DeliveryResult(DeliveryResultKind.Unchanged, reference);
        }

        var note = message with { Body = NoteText.Compose(message.Body, notification.ClientList, named) };
        return await queue.BeginAsync(notification, reference, timeProvider.GetUtcNow(), cancellationToken)
            ? Result(await ticketing.AddNoteAsync(reference, note, cancellationToken), DeliveryResultKind.Noted)
            : null;
    }

    private TicketMessage MessageFor(Notification notification) => TicketMessages.Compose(
        notification.Id,
        notification.DeliveryId,
        notification.Key,
        notification.Customer,
        notification.Server,
        new TicketText(notification.Subject, notification.Body),
        ticketingOptions);

    private bool WantsNote(Notification notification, HashSet<string> named) => options.Repeat switch
    {
        RepeatMode.Once => false,
        RepeatMode.OnChange => notification.ClientList.Any(client => !named.Contains(client)),
        _ => true,
    };

    private static DeliveryResult Result(TicketingOutcome outcome, DeliveryResultKind done) => outcome switch
    {
        TicketingOutcome.Done { Reference: { } reference } => new DeliveryResult(done, reference),
        TicketingOutcome.RetryLater later =>
            new DeliveryResult(DeliveryResultKind.Failed, Why: later.Why, After: later.After) { IsOverload = later.After > TimeSpan.Zero },
        TicketingOutcome.Refused refused => new DeliveryResult(DeliveryResultKind.Refused, Why: refused.Why, Answer: refused.Answer),
        _ => throw new InvalidOperationException("The ticketing system did not name the ticket."),
    };
}
