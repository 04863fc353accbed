using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.PlainText;
using Smb1Exporter.TicketReceiver.Storage;

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
    public async Task<(Notification Notification, NotifiedServer Server)?> NextAsync(string key, CancellationToken cancellationToken)
    {
        var next = await databases.ReadAsync(
            database => database.Notifications.AsNoTracking()
                .Where(row => row.Key == key && row.State == DeliveryState.Pending)
                .Join(database.Servers, row => row.Key, server => server.Key, (row, server) => new { Notification = row, Server = server })
                .OrderBy(pair => pair.Notification.Id)
                .FirstOrDefaultAsync(cancellationToken),
            cancellationToken);
        return next is null ? null : (next.Notification, next.Server);
    }

    /// <summary>Whether the server had this ticket before.</summary>
    public Task<bool> IsKnownAsync(string key, string reference, CancellationToken cancellationToken) => databases.ReadAsync(
        database => database.KnownTickets.AnyAsync(row => row.Key == key && row.Reference == reference, cancellationToken), cancellationToken);

    /// <summary>
    /// Remembers what is about to be asked for, see <see cref="Notification.Begun"/>. False when another receiver did something about the
    /// notification since it was read: the lock was lost, and the notification is the other's.
    /// </summary>
    public async Task<bool> BeginAsync(Notification notification, string what, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changed = await databases.ChangeAsync(
            database => StillOurs(database, notification).Where(row => row.Begun == notification.Begun).ExecuteUpdateAsync(
                update => update.SetProperty(row => row.Begun, what).SetProperty(row => row.BegunAt, now).SetProperty(row => row.IsUnderWay, true),
                cancellationToken),
            cancellationToken);
        (notification.Begun, notification.BegunAt, notification.IsUnderWay) = (what, now, true);
        return changed > 0;
    }

    /// <summary>The clients that the ticket <paramref name="reference"/> of a server names.</summary>
    public Task<HashSet<string>> NamedClientsAsync(string key, string reference, CancellationToken cancellationToken) => databases.ReadAsync(
        database => database.NamedClients.Where(row => row.Key == key && row.Reference == reference)
            .Select(row => row.Client)
            .ToHashSetAsync(StringComparer.Ordinal, cancellationToken),
        cancellationToken);

    /// <summary>Takes a notification off the queue; its clients are named by the ticket from now on.</summary>
    /// <param name="notification">The notification.</param>
    /// <param name="server">Its server, as it was read with it.</param>
    /// <param name="result">What the delivery did, and the ticket.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task MarkDeliveredAsync(
        Notification notification, NotifiedServer server, DeliveryResult result, DateTimeOffset now, CancellationToken cancellationToken) =>
        databases.WriteAsync(
            async database =>
            {
                var reference = result.Reference!;

                // The text is in the ticket now; what stays tells people what became of the notification.
                var changed = await Pending(database, notification).ExecuteUpdateAsync(
                    update => update.SetProperty(row => row.State, DeliveryState.Delivered)
                        .SetProperty(row => row.DeliveredAt, now)
                        .SetProperty(row => row.Result, result.Kind)
                        .SetProperty(row => row.Reference, reference)
                        .SetProperty(row => row.Body, "")
                        .SetProperty(row => row.RefusalAnswer, (string?)null),
                    cancellationToken);
                if (changed == 0)
                {
                    return false;
                }

                await database.Servers.Where(row => row.Key == server.Key).ExecuteUpdateAsync(
                    update => update.SetProperty(row => row.NextAttemptAt, (DateTimeOffset?)null)
                        .SetProperty(row => row.FailuresInRow, 0)
                        .SetProperty(row => row.LastDeliveredAt, now)
                        .SetProperty(row => row.Reference, reference),
                    cancellationToken);
                if (server.Reference != reference)
                {
                    await ChangeTicketAsync(database, server.Key, reference, cancellationToken);
                }

                var named = await database.NamedClients.Where(row => row.Key == server.Key)
                    .Select(row => row.Client)
                    .ToHashSetAsync(StringComparer.Ordinal, cancellationToken);
                database.NamedClients.AddRange(notification.ClientList.Where(client => !named.Contains(client))
                    .Select(client => new NamedClient { Key = server.Key, Client = client, Reference = reference }));
                return true;
            },
            cancellationToken);

    /// <summary>Leaves a notification on the queue and remembers why it is still there and when it is tried again.</summary>
    public Task MarkFailedAsync(Notification notification, string why, DateTimeOffset nextAttemptAt, CancellationToken cancellationToken) =>
        databases.WriteAsync(
            async database => await FailedAsync(database, notification, DeliveryState.Pending, why, null, cancellationToken)
                && await database.Servers.Where(row => row.Key == notification.Key).ExecuteUpdateAsync(
                    update => update.SetProperty(row => row.NextAttemptAt, nextAttemptAt)
                        .SetProperty(row => row.FailuresInRow, row => row.FailuresInRow + 1),
                    cancellationToken) > 0,
            cancellationToken);

    /// <summary>Takes a notification off the queue until a person looks at it.</summary>
    public Task SetAsideAsync(Notification notification, string why, string? answer, CancellationToken cancellationToken) => databases.WriteAsync(
        async database => await FailedAsync(database, notification, DeliveryState.SetAside, why, Storable(answer), cancellationToken)
            && await database.Servers.Where(row => row.Key == notification.Key).ExecuteUpdateAsync(
                update => update.SetProperty(row => row.NextAttemptAt, (DateTimeOffset?)null).SetProperty(row => row.FailuresInRow, 0),
                cancellationToken) > 0,
        cancellationToken);

    /// <summary>Puts a notification that was set aside back in its place on the queue. False when it is not set aside.</summary>
    public Task<bool> SendAgainAsync(long id, CancellationToken cancellationToken) => LeaveAsideAsync(id, DeliveryState.Pending, cancellationToken);

    /// <summary>Gives a notification up that was set aside. False when it is not set aside.</summary>
    public Task<bool> DropAsync(long id, CancellationToken cancellationToken) => LeaveAsideAsync(id, DeliveryState.Dropped, cancellationToken);

    /// <summary>Forgets what was delivered or dropped and is too old to be sent a second time.</summary>
    public Task ForgetDeliveredAsync(DateTimeOffset receivedBefore, CancellationToken cancellationToken) => databases.ChangeAsync(
        database => database.Notifications.Where(row => (row.State == DeliveryState.Delivered || row.State == DeliveryState.Dropped) && row.ReceivedAt < receivedBefore)
            .ExecuteDeleteAsync(cancellationToken),
        cancellationToken);

    private async Task<bool> LeaveAsideAsync(long id, DeliveryState state, CancellationToken cancellationToken) => await databases.ChangeAsync(
        database => database.Notifications.Where(row => row.Id == id && row.State == DeliveryState.SetAside)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.State, state), cancellationToken),
        cancellationToken) > 0;

    private static IQueryable<Notification> Pending(ReceiverDatabase database, Notification notification) =>
        database.Notifications.Where(row => row.Id == notification.Id && row.State == DeliveryState.Pending);

    private static IQueryable<Notification> StillOurs(ReceiverDatabase database, Notification notification) =>
        Pending(database, notification).Where(row => row.BegunAt == notification.BegunAt);

    private static async Task<bool> FailedAsync(
        ReceiverDatabase database, Notification notification, DeliveryState state, string why, string? answer, CancellationToken cancellationToken) =>
        await StillOurs(database, notification).ExecuteUpdateAsync(
            update => update.SetProperty(row => row.State, state)
                .SetProperty(row => row.IsUnderWay, false)
                .SetProperty(row => row.LastFailure, why)
                .SetProperty(row => row.RefusalAnswer, answer)
                .SetProperty(row => row.FailedAttempts, row => row.FailedAttempts + 1),
            cancellationToken) > 0;

    private static async Task ChangeTicketAsync(ReceiverDatabase database, string key, string reference, CancellationToken cancellationToken)
    {
        if (!await database.KnownTickets.AnyAsync(row => row.Key == key && row.Reference == reference, cancellationToken))
        {
            database.KnownTickets.Add(new KnownTicket { Key = key, Reference = reference });
        }

        await database.NamedClients.Where(row => row.Key == key && row.Reference != reference).ExecuteDeleteAsync(cancellationToken);
    }

    // PostgreSQL keeps no NUL in a text.
    private static string? Storable(string? text) => text?.Replace('\0', SafeText.Replacement);
}
