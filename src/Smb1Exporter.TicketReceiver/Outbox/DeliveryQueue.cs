using Microsoft.EntityFrameworkCore;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>The outbox as the worker and the page see it: what is to be delivered, and what became of it.</summary>
internal sealed class DeliveryQueue(IDbContextFactory<ReceiverDatabase> databases)
{
    /// <summary>The servers that something waits for.</summary>
    public async Task<IReadOnlyList<string>> PendingKeysAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Notifications.Where(row => row.State == DeliveryState.Pending)
            .Select(row => row.Key)
            .Distinct()
            .ToListAsync(cancellationToken);
    }

    /// <summary>The oldest waiting notification of a server; null when none waits.</summary>
    public async Task<Notification?> NextAsync(string key, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Notifications.AsNoTracking()
            .Where(row => row.Key == key && row.State == DeliveryState.Pending)
            .OrderBy(row => row.Id)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The clients that the ticket <paramref name="reference"/> of a server names.</summary>
    public async Task<IReadOnlySet<string>> NamedClientsAsync(string key, string reference, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.NamedClients.Where(row => row.Key == key && row.Reference == reference)
            .Select(row => row.Client)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
    }

    /// <summary>Takes a notification off the queue; its clients are named by the ticket from now on.</summary>
    public async Task MarkDeliveredAsync(Notification notification, string reference, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await SetStateAsync(database, notification.Id, DeliveryState.Delivered, cancellationToken);
        await database.NamedClients.Where(row => row.Key == notification.Key && row.Reference != reference)
            .ExecuteDeleteAsync(cancellationToken);
        var named = await database.NamedClients.Where(row => row.Key == notification.Key)
            .Select(row => row.Client)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
        database.NamedClients.AddRange(notification.Clients.Split('\n').Where(client => !named.Contains(client))
            .Select(client => new NamedClient { Key = notification.Key, Client = client, Reference = reference }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Leaves a notification on the queue and remembers why it is still there.</summary>
    public Task MarkFailedAsync(long id, string why, CancellationToken cancellationToken) =>
        UpdateFailureAsync(id, DeliveryState.Pending, why, cancellationToken);

    /// <summary>Takes a notification off the queue until a person looks at it.</summary>
    public Task SetAsideAsync(long id, string why, CancellationToken cancellationToken) =>
        UpdateFailureAsync(id, DeliveryState.SetAside, why, cancellationToken);

    /// <summary>Puts a notification that was set aside back in its place on the queue. False when it is not set aside.</summary>
    public async Task<bool> SendAgainAsync(long id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Notifications.Where(row => row.Id == id && row.State == DeliveryState.SetAside)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.State, DeliveryState.Pending), cancellationToken) > 0;
    }

    /// <summary>What is in <paramref name="state"/>, oldest first, and how many there are in all.</summary>
    public async Task<(int Count, IReadOnlyList<Notification> Oldest)> ListAsync(
        DeliveryState state, int take, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = database.Notifications.AsNoTracking().Where(row => row.State == state);
        var oldest = await rows.OrderBy(row => row.Id).Take(take).ToListAsync(cancellationToken);
        return (oldest.Count < take ? oldest.Count : await rows.CountAsync(cancellationToken), oldest);
    }

    /// <summary>Forgets what was delivered and is too old to be sent a second time.</summary>
    public async Task ForgetDeliveredAsync(DateTimeOffset receivedBefore, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Notifications.Where(row => row.State == DeliveryState.Delivered && row.ReceivedAt < receivedBefore)
            .ExecuteDeleteAsync(cancellationToken);
    }

    private async Task UpdateFailureAsync(long id, DeliveryState state, string why, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Notifications.Where(row => row.Id == id).ExecuteUpdateAsync(
            update => update.SetProperty(row => row.State, state)
                .SetProperty(row => row.LastFailure, why)
                .SetProperty(row => row.FailedAttempts, row => row.FailedAttempts + 1),
            cancellationToken);
    }

    private static Task<int> SetStateAsync(ReceiverDatabase database, long id, DeliveryState state, CancellationToken cancellationToken) =>
        database.Notifications.Where(row => row.Id == id)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.State, state), cancellationToken);
}
