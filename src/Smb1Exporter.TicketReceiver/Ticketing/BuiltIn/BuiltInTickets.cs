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
internal sealed class BuiltInTickets(DatabaseAccess databases, TimeProvider timeProvider)
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
        for (var left = limit; left > 0;)
        {
            var (last, most) = (after, Math.Min(left, ReadAtOnce));
            var tickets = await databases.ReadAsync(database => ListAsync(database, open, last, most, cancellationToken), cancellationToken);
            foreach (var ticket in tickets)
            {
                yield return ticket;
            }

            if (tickets.Count < most)
            {
                yield break;
            }

            after = tickets[^1].Ticket.Id;
            left -= tickets.Count;
        }
    }

    /// <summary>How many tickets are open and closed.</summary>
    public Task<(int Open, int Closed)> CountAsync(CancellationToken cancellationToken) => databases.ReadAsync(
        async database =>
        {
            var open = await database.Tickets.CountAsync(ticket => ticket.ClosedAt == null, cancellationToken);
            return (open, await database.Tickets.CountAsync(cancellationToken) - open);
        },
        cancellationToken);

    /// <summary>A page of tickets, open ones first, newest first, each with its newest notes.</summary>
    public Task<List<TicketWithNotes>> PageAsync(int skip, int take, int newestNotes, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            async database =>
            {
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
                    var notes = await NotesAsync(database, ticket.Id, Math.Max(0, count - newestNotes), newestNotes, cancellationToken);
                    page.Add(new TicketWithNotes(ticket, notes, count));
                }

                return page;
            },
            cancellationToken);

    /// <summary>One ticket with a part of its notes; null when there is no such ticket.</summary>
    public Task<TicketWithNotes?> FindAsync(long id, int skipNotes, int takeNotes, CancellationToken cancellationToken) =>
        databases.ReadAsync<TicketWithNotes?>(
            async database =>
            {
                if (await database.Tickets.AsNoTracking().FirstOrDefaultAsync(ticket => ticket.Id == id, cancellationToken) is not { } ticket)
                {
                    return null;
                }

                var count = await database.Notes.CountAsync(note => note.TicketId == id, cancellationToken);
                return new TicketWithNotes(ticket, await NotesAsync(database, id, skipNotes, takeNotes, cancellationToken), count);
            },
            cancellationToken);

    /// <summary>Closes a ticket; that is a person's act. False when there is no such open ticket.</summary>
    public async Task<bool> CloseAsync(long id, CancellationToken cancellationToken)
    {
        DateTimeOffset? now = timeProvider.GetUtcNow();
        return await databases.WriteAsync(
            database => database.Tickets.Where(ticket => ticket.Id == id && ticket.ClosedAt == null)
                .ExecuteUpdateAsync(update => update.SetProperty(ticket => ticket.ClosedAt, now), cancellationToken),
            cancellationToken) > 0;
    }

    private static async Task<List<TicketWithNotes>> ListAsync(
        ReceiverDatabase database, bool? open, long after, int limit, CancellationToken cancellationToken)
    {
        var tickets = await database.Tickets.AsNoTracking()
            .Where(ticket => ticket.Id > after && (open == null || (ticket.ClosedAt == null) == open))
            .OrderBy(ticket => ticket.Id)
            .Take(limit)
            .ToListAsync(cancellationToken);
        var ids = tickets.Select(ticket => ticket.Id).ToList();
        var notes = await database.Notes.AsNoTracking().Where(note => ids.Contains(note.TicketId)).OrderBy(note => note.Id)
            .ToListAsync(cancellationToken);
        var byTicket = notes.ToLookup(note => note.TicketId);
        return [.. tickets.Select(ticket => new TicketWithNotes(ticket, [.. byTicket[ticket.Id]], byTicket[ticket.Id].Count()))];
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
