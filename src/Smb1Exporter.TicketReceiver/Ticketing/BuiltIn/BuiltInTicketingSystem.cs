using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

/// <summary>Tickets in the receiver's own database, read and closed on its page.</summary>
internal sealed class BuiltInTicketingSystem(DatabaseAccess databases, TimeProvider timeProvider) : ITicketingSystem
{
    public string Name => "the built-in tickets";

    public bool KnowsDeliveries => true;

    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    public Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken) => databases.ReadAsync<TicketingOutcome>(
        async database => new TicketingOutcome.Done(Reference((await OpenTicketAsync(database, search.Key, cancellationToken))?.Id)),
        cancellationToken);

    // AddNoteAsync asks that itself, in the transaction that would add the note.
    public Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
        Task.FromResult<TicketingOutcome>(new TicketingOutcome.Done(null));

    // No request is made, and the text itself is shown anyway.
    public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note) => [];

    public async Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken)
    {
        // The number of a new ticket is known once it is written.
        var (ticket, reference) = await databases.WriteAsync<(Ticket? New, string? Done)>(
            async database =>
            {
                if (await DoneBeforeAsync(database, message, cancellationToken) is { } done)
                {
                    return (null, done);
                }

                if (await OpenTicketAsync(database, message.Key, cancellationToken) is not null)
                {
                    return (null, null);
                }

                var ticket = NewTicket(message);
                database.Tickets.Add(ticket);
                return (ticket, null);
            },
            cancellationToken);
        return (Reference(ticket?.Id) ?? reference) is { } known
            ? new TicketingOutcome.Done(known)
            : new TicketingOutcome.RetryLater("A ticket for this server was opened meanwhile.", TimeSpan.Zero);
    }

    public Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
        databases.WriteAsync<TicketingOutcome>(
            async database =>
            {
                if (await DoneBeforeAsync(database, message, cancellationToken) is { } done)
                {
                    return new TicketingOutcome.Done(done);
                }

                if (await OpenTicketAsync(database, message.Key, cancellationToken) is not { } ticket || Reference(ticket.Id) != reference)
                {
                    return new TicketingOutcome.RetryLater($"Ticket {reference} was closed meanwhile.", TimeSpan.Zero);
                }

                database.Notes.Add(new TicketNote
                {
                    TicketId = ticket.Id,
                    Body = message.Body,
                    NotificationId = message.NotificationId,
                    AddedAt = timeProvider.GetUtcNow(),
                });
                return new TicketingOutcome.Done(reference);
            },
            cancellationToken);

    private Ticket NewTicket(TicketMessage message) => new()
    {
        Key = message.Key,
        Customer = message.Customer,
        Server = message.Server,
        Subject = message.Subject,
        Body = message.Body,
        NotificationId = message.NotificationId,
        OpenedAt = timeProvider.GetUtcNow(),
    };

    private static Task<Ticket?> OpenTicketAsync(ReceiverDatabase database, string key, CancellationToken cancellationToken) =>
        database.Tickets.AsNoTracking().FirstOrDefaultAsync(ticket => ticket.Key == key && ticket.ClosedAt == null, cancellationToken);

    // The ticket that this very notification opened or noted, when the program ended before it could remember that.
    private static async Task<string?> DoneBeforeAsync(
        ReceiverDatabase database, TicketMessage message, CancellationToken cancellationToken)
    {
        var opened = database.Tickets.Where(ticket => ticket.NotificationId == message.NotificationId).Select(ticket => (long?)ticket.Id);
        var noted = database.Notes.Where(note => note.NotificationId == message.NotificationId).Select(note => (long?)note.TicketId);
        return Reference(await opened.FirstOrDefaultAsync(cancellationToken) ?? await noted.FirstOrDefaultAsync(cancellationToken));
    }

    private static string? Reference(long? ticketId) => ticketId?.ToString(CultureInfo.InvariantCulture);
}
