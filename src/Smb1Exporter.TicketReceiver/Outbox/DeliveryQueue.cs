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

    /// <summary>The oldest waiting notification of a server, and the server; null when none waits.</summary>
    public Task<(Notification Notification, NotifiedServer Server)?> NextAsync(string key, CancellationToken cancellationToken) =>
        databases.ReadAsync<(Notification, NotifiedServer)?>(
            async database =>
            {
                var notification = await database.Notifications.AsNoTracking()
                    .Where(row => row.Key == key && row.State == DeliveryState.Pending)
                    .OrderBy(row => row.Id)
                    .FirstOrDefaultAsync(cancellationToken);
                return notification is null
                    ? null
                    : (notification, await database.Servers.AsNoTracking().SingleAsync(row => row.Key == key, cancellationToken));
            },
            cancellationToken);

    /// <summary>Whether the server had this ticket before.</summary>
    public Task<bool> IsKnownAsync(string key, string reference, CancellationToken cancellationToken) => databases.ReadAsync(
        database => database.KnownTickets.AnyAsync(row => row.Key == key && row.Reference == reference, cancellationToken), cancellationToken);

    /// <summary>Remembers what is about to be asked for, see <see cref="Notification.Begun"/>.</summary>
    public Task BeginAsync(Notification notification, string what, DateTimeOffset now, CancellationToken cancellationToken) =>
        notification.Begun == what ? Task.CompletedTask : databases.WriteAsync(
            database => database.Notifications.Where(row => row.Id == notification.Id).ExecuteUpdateAsync(
                update => update.SetProperty(row => row.Begun, what).SetProperty(row => row.BegunAt, now), cancellationToken),
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
            await SucceededAsync(database, notification.Key, cancellationToken);
            await database.Servers.Where(row => row.Key == notification.Key)
                .ExecuteUpdateAsync(update => update.SetProperty(row => row.Reference, reference), cancellationToken);
            if (!await database.KnownTickets.AnyAsync(row => row.Key == notification.Key && row.Reference == reference, cancellationToken))
            {
                database.KnownTickets.Add(new KnownTicket { Key = notification.Key, Reference = reference });
            }

            var ofServer = database.NamedClients.Where(row => row.Key == notification.Key);
            await ofServer.Where(row => row.Reference != reference).ExecuteDeleteAsync(cancellationToken);
            var named = await ofServer.Select(row => row.Client).ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
            database.NamedClients.AddRange(notification.ClientList.Where(client => !named.Contains(client))
                .Select(client => new NamedClient { Key = notification.Key, Client = client, Reference = reference }));
            return true;
        },
        cancellationToken);

    /// <summary>Leaves a notification on the queue and remembers why it is still there and when it is tried again.</summary>
    public Task MarkFailedAsync(Notification notification, string why, DateTimeOffset nextAttemptAt, CancellationToken cancellationToken) =>
        databases.WriteAsync(
            async database =>
            {
                await FailedAsync(database, notification.Id, DeliveryState.Pending, why, null, cancellationToken);
                return await database.Servers.Where(row => row.Key == notification.Key).ExecuteUpdateAsync(
                    update => update.SetProperty(row => row.NextAttemptAt, nextAttemptAt)
                        .SetProperty(row => row.FailuresInRow, row => row.FailuresInRow + 1),
                    cancellationToken);
            },
            cancellationToken);

    /// <summary>Takes a notification off the queue until a person looks at it.</summary>
    public Task SetAsideAsync(Notification notification, string why, string? answer, CancellationToken cancellationToken) => databases.WriteAsync(
        async database =>
        {
            await FailedAsync(database, notification.Id, DeliveryState.SetAside, why, answer, cancellationToken);
            return await SucceededAsync(database, notification.Key, cancellationToken);
        },
        cancellationToken);

    /// <summary>Puts a notification that was set aside back in its place on the queue. False when it is not set aside.</summary>
    public Task<bool> SendAgainAsync(long id, CancellationToken cancellationToken) => LeaveAsideAsync(id, DeliveryState.Pending, cancellationToken);

    /// <summary>Gives a notification up that was set aside. False when it is not set aside.</summary>
    public Task<bool> DropAsync(long id, CancellationToken cancellationToken) => LeaveAsideAsync(id, DeliveryState.Dropped, cancellationToken);

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

    /// <summary>Forgets what was delivered or dropped and is too old to be sent a second time.</summary>
    public Task ForgetDeliveredAsync(DateTimeOffset receivedBefore, CancellationToken cancellationToken) => databases.WriteAsync(
        database => database.Notifications.Where(row => (row.State == DeliveryState.Delivered || row.State == DeliveryState.Dropped) && row.ReceivedAt < receivedBefore)
            .ExecuteDeleteAsync(cancellationToken),
        cancellationToken);

    private async Task<bool> LeaveAsideAsync(long id, DeliveryState state, CancellationToken cancellationToken) => await databases.WriteAsync(
        database => database.Notifications.Where(row => row.Id == id && row.State == DeliveryState.SetAside)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.State, state), cancellationToken),
        cancellationToken) > 0;

    private static Task<int> SucceededAsync(ReceiverDatabase database, string key, CancellationToken cancellationToken) =>
        database.Servers.Where(row => row.Key == key).ExecuteUpdateAsync(
            update => update.SetProperty(row => row.NextAttemptAt, (DateTimeOffset?)null).SetProperty(row => row.FailuresInRow, 0), cancellationToken);

    private static Task<int> FailedAsync(
        ReceiverDatabase database, long id, DeliveryState state, string why, string? answer, CancellationToken cancellationToken) =>
        database.Notifications.Where(row => row.Id == id).ExecuteUpdateAsync(
            update => update.SetProperty(row => row.State, state)
                .SetProperty(row => row.LastFailure, why)
                .SetProperty(row => row.RefusalAnswer, answer)
                .SetProperty(row => row.FailedAttempts, row => row.FailedAttempts + 1),
            cancellationToken);
}
