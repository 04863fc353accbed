using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Outbox;

namespace Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

/// <summary>Tickets in the receiver's own database, read and closed on its page.</summary>
internal sealed class BuiltInTicketingSystem(IDbContextFactory<ReceiverDatabase> databases, TimeProvider timeProvider) : ITicketingSystem
{
    public async Task<TicketingOutcome> FindOpenAsync(string key, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return new TicketingOutcome.Done(Reference(await OpenTicketAsync(database, key, cancellationToken)));
    }

    public async Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (await AlreadyDoneAsync(database, message, cancellationToken) is { } done)
        {
            return done;
        }

        if (await OpenTicketAsync(database, message.Key, cancellationToken) is not null)
        {
            return new TicketingOutcome.RetryLater("A ticket for this server was opened meanwhile.", TimeSpan.Zero);
        }

        var ticket = new Ticket
        {
            Key = message.Key,
            Customer = message.Customer,
            Server = message.Server,
            Subject = message.Subject,
            Body = message.Body,
            NotificationId = message.NotificationId,
            OpenedAt = timeProvider.GetUtcNow(),
        };
        database.Tickets.Add(ticket);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new TicketingOutcome.Done(Reference(ticket.Id));
    }

    public async Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (await AlreadyDoneAsync(database, message, cancellationToken) is { } done)
        {
            return done;
        }

        if (Reference(await OpenTicketAsync(database, message.Key, cancellationToken)) != reference)
        {
            return new TicketingOutcome.RetryLater($"Ticket {reference} was closed meanwhile.", TimeSpan.Zero);
        }

        database.Notes.Add(new TicketNote
        {
            TicketId = long.Parse(reference, CultureInfo.InvariantCulture),
            Body = message.Body,
            NotificationId = message.NotificationId,
            AddedAt = timeProvider.GetUtcNow(),
        });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new TicketingOutcome.Done(reference);
    }

    private static async Task<long?> OpenTicketAsync(ReceiverDatabase database, string key, CancellationToken cancellationToken) =>
        await database.Tickets.Where(ticket => ticket.Key == key && ticket.ClosedAt == null)
            .Select(ticket => (long?)ticket.Id)
            .FirstOrDefaultAsync(cancellationToken);

    private static async Task<TicketingOutcome?> AlreadyDoneAsync(
        ReceiverDatabase database, TicketMessage message, CancellationToken cancellationToken)
    {
        var opened = database.Tickets.Where(ticket => ticket.NotificationId == message.NotificationId).Select(ticket => (long?)ticket.Id);
        var noted = database.Notes.Where(note => note.NotificationId == message.NotificationId).Select(note => (long?)note.TicketId);
        var ticket = await opened.FirstOrDefaultAsync(cancellationToken) ?? await noted.FirstOrDefaultAsync(cancellationToken);
        return ticket is null ? null : new TicketingOutcome.Done(Reference(ticket));
    }

    private static string? Reference(long? ticketId) => ticketId?.ToString(CultureInfo.InvariantCulture);
}
