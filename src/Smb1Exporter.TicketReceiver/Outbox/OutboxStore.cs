using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>Takes notifications in, each once.</summary>
internal sealed class OutboxStore(
    DatabaseAccess databases, AnswerRecorder answers, TicketComposer composer, OutboxOptions options, TimeProvider timeProvider)
{
    /// <summary>Stores in one transaction, on disk when this returns. Throws when it cannot; nothing is stored then.</summary>
    public async Task<AcceptedNotifications> AcceptAsync(
        IReadOnlyList<ServerNotification> notifications, string sender, CancellationToken cancellationToken)
    {
        var (stored, repeated) = await databases.TakeInAsync(
            [.. notifications.Select(notification => notification.Key)],
            database => AcceptAsync(database, notifications, sender, cancellationToken),
            cancellationToken);
        return new AcceptedNotifications(
            stored.Count,
            repeated.Count,
            [.. stored.Select(row => row.Id), .. repeated.Where(row => row.Sender == sender).Select(row => row.Id)],
            [.. stored.Select(row => row.Key)]);
    }

    private async Task<(List<Notification> Stored, List<Earlier> Repeated)> AcceptAsync(
        ReceiverDatabase database, IReadOnlyList<ServerNotification> notifications, string sender, CancellationToken cancellationToken)
    {
        var earlier = await EarlierAsync(database, [.. notifications.Select(notification => notification.Digest)], cancellationToken);
        var repeated = new List<Earlier>();
        var stored = new List<Notification>();
        foreach (var notification in notifications)
        {
            if (FindDuplicate(earlier[notification.Digest], sender) is { } same)
            {
                repeated.Add(same);
            }
            else
            {
                stored.Add(ToRow(notification, sender));
            }
        }

        if (stored.Count > 0)
        {
            database.Notifications.AddRange(stored);
            await AddServersAsync(database, stored, cancellationToken);
        }

        return (stored, repeated);
    }

    private static async Task AddServersAsync(ReceiverDatabase database, List<Notification> stored, CancellationToken cancellationToken)
    {
        var keys = stored.ConvertAll(row => row.Key);
        var known = await database.Servers.Where(row => EF.Parameter(keys).Contains(row.Key)).Select(row => row.Key).ToListAsync(cancellationToken);
        database.Servers.AddRange(stored.DistinctBy(row => row.Key, StringComparer.Ordinal)
            .ExceptBy(known, row => row.Key, StringComparer.Ordinal)
            .Select(row => new NotifiedServer { Key = row.Key, Customer = row.Customer, Server = row.Server }));
    }

    // What was taken in within the window, by digest, newest first.
    private async Task<ILookup<string, Earlier>> EarlierAsync(ReceiverDatabase database, List<string> digests, CancellationToken cancellationToken)
    {
        var since = timeProvider.GetUtcNow() - options.DuplicateWindow;
        var rows = await database.Notifications
            .Where(row => EF.Parameter(digests).Contains(row.Digest) && row.ReceivedAt > since)
            .OrderByDescending(row => row.Id)
            .Select(row => new Earlier(row.Id, row.Digest, row.Sender, row.Answered))
            .ToListAsync(cancellationToken);
        return rows.ToLookup(row => row.Digest, StringComparer.Ordinal);
    }

    // Alertmanager numbers nothing, and a true repetition may read the same. Within the window the same content is the same notification in
    // two cases only: the other Alertmanager of a pair sends it as well; or its sender got no answer, so it tries again. A sender of whom the
    // same content was taken twice is one that repeats itself, and its content says nothing more.
    private Earlier? FindDuplicate(IEnumerable<Earlier> same, string sender) => same.Where(row => row.Sender == sender).ToList() switch
    {
        [] => same.FirstOrDefault(),
        [{ Answered: false } only] when !answers.IsAnswered(only.Id) => only,
        _ => null,
    };

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

    private sealed record Earlier(long Id, string Digest, string Sender, bool Answered);
}
