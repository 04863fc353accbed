using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>A server on the page, with how much waits for it.</summary>
internal sealed record ServerRow(string Key, string Customer, string Server, string? Reference, DateTimeOffset? LastDeliveredAt, int Waiting);

/// <summary>The outbox as the pages see it. Reads only.</summary>
internal sealed class DeliveryHistory(DatabaseAccess databases)
{
    /// <summary>A part of what is in a state, and how many there are in all: what waits or is set aside oldest first, else the newest first.</summary>
    public Task<(int Count, List<Notification> Shown)> ListAsync(DeliveryState state, int skip, int take, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            async database =>
            {
                var rows = database.Notifications.AsNoTracking().Where(row => row.State == state);
                var ordered = state is DeliveryState.Pending or DeliveryState.SetAside ? rows.OrderBy(row => row.Id) : rows.OrderByDescending(row => row.Id);
                return (await rows.CountAsync(cancellationToken), await ordered.Skip(skip).Take(take).ToListAsync(cancellationToken));
            },
            cancellationToken);

    /// <summary>The newest notifications of a server, newest first.</summary>
    public Task<List<Notification>> OfServerAsync(string key, int take, CancellationToken cancellationToken) => databases.ReadAsync(
        database => database.Notifications.AsNoTracking().Where(row => row.Key == key).OrderByDescending(row => row.Id).Take(take).ToListAsync(cancellationToken),
        cancellationToken);

    /// <summary>Those of these notifications that are not forgotten, newest first.</summary>
    public Task<List<Notification>> FindAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken) => databases.ReadAsync(
        database => database.Notifications.AsNoTracking()
            .Where(row => EF.Parameter(ids).Contains(row.Id))
            .OrderByDescending(row => row.Id)
            .ToListAsync(cancellationToken),
        cancellationToken);

    /// <summary>Servers by customer and name, and how many there are in all.</summary>
    /// <param name="customer">Only this customer's; empty for all.</param>
    /// <param name="search">Only those in whose name, customer or ticket this is; empty for all.</param>
    /// <param name="skip">So many are left out.</param>
    /// <param name="take">At most so many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Task<(int Count, List<ServerRow> Shown)> ServersAsync(
        string customer, string search, int skip, int take, CancellationToken cancellationToken) => databases.ReadAsync(
            async database =>
            {
                var rows = database.Servers.AsNoTracking();
                rows = customer.Length == 0 ? rows : rows.Where(row => row.Customer == customer);
                var sought = search.ToUpperInvariant();
#pragma warning disable CA1862 // These calls become SQL; SQLite's upper() knows ASCII only, so what was typed is sought as well.
                rows = search.Length == 0 ? rows : rows.Where(row =>
                    (row.Server + "\n" + row.Customer + "\n" + (row.Reference ?? "")).Contains(search)
                    || (row.Server + "\n" + row.Customer + "\n" + (row.Reference ?? "")).ToUpper().Contains(sought));
#pragma warning restore CA1862
                var shown = await rows.OrderBy(row => row.Customer).ThenBy(row => row.Server).ThenBy(row => row.Key).Skip(skip).Take(take)
                    .Select(row => new ServerRow(
                        row.Key,
                        row.Customer,
                        row.Server,
                        row.Reference,
                        row.LastDeliveredAt,
                        database.Notifications.Count(other => other.Key == row.Key && other.State == DeliveryState.Pending)))
                    .ToListAsync(cancellationToken);
                return (await rows.CountAsync(cancellationToken), shown);
            },
            cancellationToken);

    /// <summary>One server; null when there is none with this key.</summary>
    public Task<NotifiedServer?> ServerAsync(string key, CancellationToken cancellationToken) => databases.ReadAsync(
        database => database.Servers.AsNoTracking().FirstOrDefaultAsync(row => row.Key == key, cancellationToken), cancellationToken);

    /// <summary>The customers there are, by name.</summary>
    public Task<List<string>> CustomersAsync(int take, CancellationToken cancellationToken) => databases.ReadAsync(
        database => database.Servers.Select(row => row.Customer).Distinct().OrderBy(name => name).Take(take).ToListAsync(cancellationToken), cancellationToken);
}
