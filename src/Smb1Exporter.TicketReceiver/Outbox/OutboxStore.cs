using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Hosting;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>What became of the servers' notifications of one payload.</summary>
/// <param name="Stored">How many are to be delivered.</param>
/// <param name="Duplicates">How many were stored before already.</param>
/// <param name="Ids">All of them; to be marked once the sender got its answer.</param>
internal sealed record AcceptedNotifications(int Stored, int Duplicates, IReadOnlyList<long> Ids);

/// <summary>The outbox as the endpoint sees it: takes notifications in, each once.</summary>
internal sealed class OutboxStore(
    IDbContextFactory<ReceiverDatabase> databases, TicketComposer composer, ReceiverOptions options, TimeProvider timeProvider)
{
    // Answers on their way: known here before the sender can have them, in the database a moment after.
    private readonly ConcurrentDictionary<long, bool> _answering = new();

    /// <summary>Stores in one transaction, on disk when this returns. Throws when it cannot; nothing is stored then.</summary>
    public async Task<AcceptedNotifications> AcceptAsync(
        IReadOnlyList<ServerNotification> notifications, string sender, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var repeated = new List<long>();
        var stored = new List<Notification>();
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
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new AcceptedNotifications(stored.Count, repeated.Count, [.. stored.Select(row => row.Id), .. repeated]);
    }

    /// <summary>Says that the sender is about to know: what it sends from now on is new, even where it reads the same.</summary>
    public void BeginAnswer(IReadOnlyList<long> ids)
    {
        foreach (var id in ids)
        {
            _answering[id] = true;
        }
    }

    /// <summary>Says that the answer went out; from then on it is remembered over a restart too.</summary>
    public async Task EndAnswerAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Notifications.Where(row => ids.Contains(row.Id))
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Answered, true), cancellationToken);
        foreach (var id in ids)
        {
            _answering.TryRemove(id, out _);
        }
    }

    // Alertmanager numbers nothing, and a true repetition an hour later may read the same. Within the window the same content is the same
    // notification in two cases only: its sender got no answer, so it tries again; or the other Alertmanager of a pair sends it as well.
    private async Task<long?> FindDuplicateAsync(
        ReceiverDatabase database, string digest, string sender, CancellationToken cancellationToken)
    {
        var since = timeProvider.GetUtcNow() - options.DuplicateWindow;
        var same = await database.Notifications
            .Where(row => row.Digest == digest && row.ReceivedAt > since && (!row.Answered || row.Sender != sender))
            .OrderByDescending(row => row.Id)
            .Select(row => new { row.Id, row.Sender })
            .ToListAsync(cancellationToken);
        return same.Find(row => row.Sender != sender || !_answering.ContainsKey(row.Id))?.Id;
    }

    private Notification ToRow(ServerNotification notification, string sender)
    {
        var text = composer.Compose(notification);
        return new Notification
        {
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
