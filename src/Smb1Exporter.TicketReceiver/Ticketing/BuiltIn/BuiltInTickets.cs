using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Outbox;

namespace Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

/// <summary>A ticket with notes, oldest first.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Notes">Its notes, or the part of them that was asked for.</param>
/// <param name="NoteCount">How many it has in all.</param>
internal sealed record TicketWithNotes(Ticket Ticket, IReadOnlyList<TicketNote> Notes, int NoteCount);

/// <summary>The built-in tickets as people see them.</summary>
internal sealed class BuiltInTickets(IDbContextFactory<ReceiverDatabase> databases, TimeProvider timeProvider)
{
    private const int ReadAtOnce = 50;

    /// <summary>Tickets with all their notes, by number, read while they are consumed.</summary>
    /// <param name="open">True: open ones; false: closed ones; null: both.</param>
    /// <param name="after">Only tickets with a higher number.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<TicketWithNotes> ListAsync(
        bool? open, long after, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        for (var left = limit; left > 0;)
        {
            var last = after;
            var tickets = await database.Tickets.AsNoTracking()
                .Where(ticket => ticket.Id > last && (open == null || (ticket.ClosedAt == null) == open))
                .OrderBy(ticket => ticket.Id)
                .Take(Math.Min(left, ReadAtOnce))
                .ToListAsync(cancellationToken);
            var ids = tickets.Select(ticket => ticket.Id).ToList();
            var notes = await database.Notes.AsNoTracking().Where(note => ids.Contains(note.TicketId)).OrderBy(note => note.Id)
                .ToListAsync(cancellationToken);
            var byTicket = notes.ToLookup(note => note.TicketId);
            foreach (var ticket in tickets)
            {
                after = ticket.Id;
                left--;
                List<TicketNote> own = [.. byTicket[ticket.Id]];
                yield return new TicketWithNotes(ticket, own, own.Count);
            }

            if (tickets.Count == 0)
            {
                yield break;
            }
        }
    }

    /// <summary>How many tickets are open and closed.</summary>
    public async Task<(int Open, int Closed)> CountAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var open = await database.Tickets.CountAsync(ticket => ticket.ClosedAt == null, cancellationToken);
        return (open, await database.Tickets.CountAsync(cancellationToken) - open);
    }

    /// <summary>A page of tickets, open ones first, newest first, each with its newest notes.</summary>
    public async Task<IReadOnlyList<TicketWithNotes>> PageAsync(int skip, int take, int newestNotes, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var tickets = await database.Tickets.AsNoTracking()
            .OrderBy(ticket => ticket.ClosedAt != null)
            .ThenByDescending(ticket => ticket.Id)
            .Skip(skip)
            .Take(take)
            .ToListAsync(cancellationToken);
        var page = new List<TicketWithNotes>();
        foreach (var ticket in tickets)
        {
            var count = await database.Notes.CountAsync(note => note.TicketId == ticket.Id, cancellationToken);
            page.Add(new TicketWithNotes(
                ticket, await NotesAsync(database, ticket.Id, Math.Max(0, count - newestNotes), newestNotes, cancellationToken), count));
        }

        return page;
    }

    /// <summary>One ticket with a part of its notes; null when there is no such ticket.</summary>
    public async Task<TicketWithNotes?> FindAsync(long id, int skipNotes, int takeNotes, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Tickets.AsNoTracking().FirstOrDefaultAsync(ticket => ticket.Id == id, cancellationToken) is not { } ticket)
        {
            return null;
        }

        var count = await database.Notes.CountAsync(note => note.TicketId == id, cancellationToken);
        return new TicketWithNotes(ticket, await NotesAsync(database, id, skipNotes, takeNotes, cancellationToken), count);
    }

    /// <summary>Closes a ticket; that is a person's act. False when there is no such open ticket.</summary>
    public async Task<bool> CloseAsync(long id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        DateTimeOffset? now = timeProvider.GetUtcNow();
        return await database.Tickets.Where(ticket => ticket.Id == id && ticket.ClosedAt == null)
            .ExecuteUpdateAsync(update => update.SetProperty(ticket => ticket.ClosedAt, now), cancellationToken) > 0;
    }

    private static Task<List<TicketNote>> NotesAsync(
        ReceiverDatabase database, long ticketId, int skip, int take, CancellationToken cancellationToken) =>
        database.Notes.AsNoTracking()
            .Where(note => note.TicketId == ticketId)
            .OrderBy(note => note.Id)
            .Skip(skip)
            .Take(take)
            .ToListAsync(cancellationToken);
}
