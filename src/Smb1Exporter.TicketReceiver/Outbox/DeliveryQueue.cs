using Microsoft.EntityFrameworkCore;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>The outbox as the worker and the page see it: what is to be delivered, and what became of it.</summary>
internal sealed class DeliveryQueue(DatabaseAccess databases)
{
    /// <summary>The servers that something waits for.</summary>
    public Task<List<string>> PendingKeysAsync(CancellationToken cancellationToken) => databases.ReadAsync(
        database => database.Notifications.Where(row => row.State == DeliveryState.Pending)
            .Select(row => row.Key)
            .Distinct()
            .ToListAsync(cancellationToken),
        cancellationToken);

    /// <summary>The oldest waiting notification of a server; null when none waits.</summary>
    public Task<Notification?> NextAsync(string key, CancellationToken cancellationToken) => databases.ReadAsync(
        database => database.Notifications.AsNoTracking()
            .Where(row => row.Key == key && row.State == DeliveryState.Pending)
            .OrderBy(row => row.Id)
            .FirstOrDefaultAsync(cancellationToken),
        cancellationToken);

    /// <summary>The clients that the ticket <paramref name="reference"/> of a server names.</summary>
    public Task<HashSet<string>> NamedClientsAsync(string key, string reference, CancellationToken cancellationToken) => databases.ReadAsync(
        database => database.NamedClients.Where(row => row.Key == key && row.Reference == reference)
            .Select(row => row.Client)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken),
        cancellationToken);

    /// <summary>Takes a notification off the queue; its clients are named by the ticket from now on.</summary>
    public Task MarkDeliveredAsync(Notification notification, string reference, CancellationToken cancellationToken) => databases.WriteAsync(
        async database =>
        {
            await database.Notifications.Where(row => row.Id == notification.Id)
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.State, DeliveryState.Delivered), cancellationToken);
            var ofServer = database.NamedClients.Where(row => row.Key == notification.Key);
            await ofServer.Where(row => row.Reference != reference).ExecuteDeleteAsync(cancellationToken);
            var named = await ofServer.Select(row => row.Client).ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
            database.NamedClients.AddRange(notification.Clients.Split('\n').Where(client => !named.Contains(client))
                .Select(client => new NamedClient { Key = notification.Key, Client = client, Reference = reference }));
            return true;
        },
        cancellationToken);

    /// <summary>Leaves a notification on the queue and remembers why it is still there.</summary>
    public Task MarkFailedAsync(long id, string why, CancellationToken cancellationToken) =>
        UpdateFailureAsync(id, DeliveryState.Pending, why, cancellationToken);

    /// <summary>Takes a notification off the queue until a person looks at it.</summary>
    public Task SetAsideAsync(long id, string why, CancellationToken cancellationToken) =>
        UpdateFailureAsync(id, DeliveryState.SetAside, why, cancellationToken);

    /// <summary>Puts a notification that was set aside back in its place on the queue. False when it is not set aside.</summary>
    public async Task<bool> SendAgainAsync(long id, CancellationToken cancellationToken) => await databases.WriteAsync(
        database => database.Notifications.Where(row => row.Id == id && row.State == DeliveryState.SetAside)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.State, DeliveryState.Pending), cancellationToken),
        cancellationToken) > 0;

    /// <summary>What is in <paramref name="state"/>, oldest first, and how many there are in all.</summary>
    public Task<(int Count, List<Notification> Oldest)> ListAsync(DeliveryState state, int take, CancellationToken cancellationToken) =>
        databases.ReadAsync(
            async database =>
            {
                var rows = database.Notifications.AsNoTracking().Where(row => row.State == state);
                var oldest = await rows.OrderBy(row => row.Id).Take(take).ToListAsync(cancellationToken);
                return (oldest.Count < take ? oldest.Count : await rows.CountAsync(cancellationToken), oldest);
            },
            cancellationToken);

    /// <summary>Forgets what was delivered and is too old to be sent a second time.</summary>
    public Task ForgetDeliveredAsync(DateTimeOffset receivedBefore, CancellationToken cancellationToken) => databases.WriteAsync(
        database => database.Notifications.Where(row => row.State == DeliveryState.Delivered && row.ReceivedAt < receivedBefore)
            .ExecuteDeleteAsync(cancellationToken),
        cancellationToken);

    private Task<int> UpdateFailureAsync(long id, DeliveryState state, string why, CancellationToken cancellationToken) => databases.WriteAsync(
        database => database.Notifications.Where(row => row.Id == id).ExecuteUpdateAsync(
            update => update.SetProperty(row => row.State, state)
                .SetProperty(row => row.LastFailure, why)
                .SetProperty(row => row.FailedAttempts, row => row.FailedAttempts + 1),
            cancellationToken),
        cancellationToken);
}
