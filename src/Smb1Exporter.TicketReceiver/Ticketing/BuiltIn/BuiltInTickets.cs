using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

/// <summary>A ticket with notes, oldest first.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Notes">Its notes, or the part of them that was asked for.</param>
/// <param name="NoteCount">How many it has in all.</param>
internal sealed record TicketWithNotes(Ticket Ticket, IReadOnlyList<TicketNote> Notes, int NoteCount);

/// <summary>Which tickets are wanted.</summary>
/// <param name="Open">True: open ones; false: closed ones; null: both.</param>
/// <param name="Customer">Only this customer's; empty for all.</param>
/// <param name="Search">Only those in whose number, texts or notes this is, in any case; empty for all.</param>
internal sealed record TicketFilter(bool? Open = null, string Customer = "", string Search = "");

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

    /// <summary>How many tickets pass a filter.</summary>
    public Task<int> CountAsync(TicketFilter filter, CancellationToken cancellationToken) =>
        databases.ReadAsync(database => Filtered(database, filter).CountAsync(cancellationToken), cancellationToken);

    /// <summary>The customers of all tickets, by name.</summary>
    public Task<List<string>> CustomersAsync(int take, CancellationToken cancellationToken) => databases.ReadAsync(
        database => database.Tickets.Select(ticket => ticket.Customer).Distinct().OrderBy(name => name).Take(take).ToListAsync(cancellationToken),
        cancellationToken);

    /// <summary>The notifications that a ticket and its notes came from.</summary>
    public Task<List<long>> NotificationsOfAsync(Ticket ticket, int newest, CancellationToken cancellationToken) => databases.ReadAsync(
        async database =>
        {
            var notes = database.Notes.Where(note => note.TicketId == ticket.Id).OrderByDescending(note => note.Id).Take(newest);
            return (List<long>)[.. await notes.Select(note => note.NotificationId).ToListAsync(cancellationToken), ticket.NotificationId];
        },
        cancellationToken);

    /// <summary>A page of the tickets that pass a filter, open ones first, newest first, each with its newest notes.</summary>
    public Task<List<TicketWithNotes>> PageAsync(
        TicketFilter filter, int skip, int take, int newestNotes, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            async database =>
            {
                var tickets = await Filtered(database, filter)
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
        return await databases.ChangeAsync(
            database => database.Tickets.Where(ticket => ticket.Id == id && ticket.ClosedAt == null)
                .ExecuteUpdateAsync(update => update.SetProperty(ticket => ticket.ClosedAt, now), cancellationToken),
            cancellationToken) > 0;
    }

    private static IQueryable<Ticket> Filtered(ReceiverDatabase database, TicketFilter filter)
    {
        var tickets = database.Tickets.AsNoTracking();
        tickets = filter.Open is { } open ? tickets.Where(ticket => (ticket.ClosedAt == null) == open) : tickets;
        tickets = filter.Customer.Length > 0 ? tickets.Where(ticket => ticket.Customer == filter.Customer) : tickets;
        if (filter.Search.Length == 0)
        {
            return tickets;
        }

        var sought = filter.Search.ToUpperInvariant();
        var number = long.TryParse(filter.Search.TrimStart('#'), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : -1;
        var typed = filter.Search;
#pragma warning disable CA1862 // These calls become SQL; SQLite's upper() knows ASCII only, so what was typed is sought as well.
        return tickets.Where(ticket => ticket.Id == number
            || (ticket.Subject + "\n" + ticket.Body + "\n" + ticket.Customer + "\n" + ticket.Server).Contains(typed)
            || (ticket.Subject + "\n" + ticket.Body + "\n" + ticket.Customer + "\n" + ticket.Server).ToUpper().Contains(sought)
            || database.Notes.Any(note => note.TicketId == ticket.Id && (note.Body.Contains(typed) || note.Body.ToUpper().Contains(sought))));
#pragma warning restore CA1862
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
