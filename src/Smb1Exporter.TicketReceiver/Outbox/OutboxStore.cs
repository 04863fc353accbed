using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Hosting;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>What became of the servers' notifications of one payload.</summary>
/// <param name="Stored">How many are to be delivered.</param>
/// <param name="Duplicates">How many were stored before already.</param>
/// <param name="Ids">All of them; to be given to <see cref="AnswerRecorder"/> when the sender gets its answer.</param>
internal sealed record AcceptedNotifications(int Stored, int Duplicates, IReadOnlyList<long> Ids);

/// <summary>The outbox as the endpoint sees it: takes notifications in, each once.</summary>
internal sealed class OutboxStore(
    DatabaseAccess databases, AnswerRecorder answers, TicketComposer composer, ReceiverOptions options, TimeProvider timeProvider)
{
    /// <summary>Stores in one transaction, on disk when this returns. Throws when it cannot; nothing is stored then.</summary>
    public async Task<AcceptedNotifications> AcceptAsync(
        IReadOnlyList<ServerNotification> notifications, string sender, CancellationToken cancellationToken)
    {
        var repeated = new List<long>();
        var stored = new List<Notification>();
        await databases.WriteAsync(
            async database =>
            {
                foreach (var notification in notifications)
                {
                    if (await FindDuplicateAsync(database, notification.Digest, sender, cancellationToken) is { } id)
                    {
                        repeated.Add(id);
                    }
                    else
                    {
                        stored.Add(ToRow(notification, sender));
                    }
                }

                database.Notifications.AddRange(stored);
                await AddServersAsync(database, stored, cancellationToken);
                return true;
            },
            cancellationToken);
        return new AcceptedNotifications(stored.Count, repeated.Count, [.. stored.Select(row => row.Id), .. repeated]);
    }

    private static async Task AddServersAsync(ReceiverDatabase database, List<Notification> stored, CancellationToken cancellationToken)
    {
        var keys = stored.Select(row => row.Key).Distinct(StringComparer.Ordinal).ToList();
        var known = await database.Servers.Where(row => keys.Contains(row.Key)).Select(row => row.Key).ToListAsync(cancellationToken);
        database.Servers.AddRange(keys.Except(known, StringComparer.Ordinal).Select(key => new NotifiedServer { Key = key }));
    }

    // Alertmanager numbers nothing, and a true repetition may read the same. Within the window the same content is the same notification in
    // two cases only: the other Alertmanager of a pair sends it as well; or its sender got no answer, so it tries again. A sender of whom the
    // same content was taken twice is one that repeats itself, and its content says nothing more.
    private async Task<long?> FindDuplicateAsync(
        ReceiverDatabase database, string digest, string sender, CancellationToken cancellationToken)
    {
        var since = timeProvider.GetUtcNow() - options.DuplicateWindow;
        var same = await database.Notifications
            .Where(row => row.Digest == digest && row.ReceivedAt > since)
            .OrderByDescending(row => row.Id)
            .Select(row => new { row.Id, row.Sender, row.Answered })
            .ToListAsync(cancellationToken);
        var own = same.FindAll(row => row.Sender == sender);
        return own switch
        {
            [] => same.FirstOrDefault()?.Id,
            [{ Answered: false } only] when !answers.IsAnswered(only.Id) => only.Id,
            _ => null,
        };
    }

    private Notification ToRow(ServerNotification notification, string sender)
    {
        var text = composer.Compose(notification);
        return new Notification
        {
            DeliveryId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
            Key = notification.Key,
            Customer = notification.Customer,
            Server = notification.Server,
            Subject = text.Subject,
            Body = text.Body,
            Clients = string.Join('\n', notification.Clients.Select(client => client.Address).Distinct(StringComparer.Ordinal)),
            Digest = notification.Digest,
            Sender = sender,
            ReceivedAt = timeProvider.GetUtcNow(),
        };
    }
}
