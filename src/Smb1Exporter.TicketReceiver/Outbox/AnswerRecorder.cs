using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>
/// Remembers which notifications were answered: what their senders send from then on is new, even where it reads the same. This process
/// knows at once; the database, for the next one, only when the answer has surely left the machine. Killed in between, a repetition adds no
/// note; the other way round, a sender that never got its answer would add one too many.
/// </summary>
internal sealed partial class AnswerRecorder(
    DatabaseAccess databases, OutboxOptions options, TimeProvider timeProvider, ILogger<AnswerRecorder> logger) : BackgroundService
{
    private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(20);

    private readonly Channel<bool> _added = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<long, DateTimeOffset> _answered = new();

    /// <summary>Whether this process answered the notification and the database may not know yet.</summary>
    public bool IsAnswered(long id) => _answered.ContainsKey(id);

    /// <summary>Says that the sender is about to get its answer.</summary>
    public void Begin(IReadOnlyList<long> ids)
    {
        foreach (var id in ids)
        {
            _answered[id] = DateTimeOffset.MaxValue;
        }
    }

    /// <summary>Says that the answer was sent, or could not be.</summary>
    public void End(IReadOnlyList<long> ids, bool sent)
    {
        foreach (var id in ids)
        {
            if (sent)
            {
                _answered[id] = timeProvider.GetUtcNow();
            }
            else
            {
                _answered.TryRemove(id, out _);
            }
        }

        _added.Writer.TryWrite(true);
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await RecordAsync(DateTimeOffset.MaxValue.AddTicks(-1));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _added.Reader.ReadAsync(stoppingToken))
            {
                // What is added meanwhile announces itself again.
                var soFar = timeProvider.GetUtcNow();
                await Task.Delay(Settled, timeProvider, stoppingToken);
                await RecordAsync(soFar);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task RecordAsync(DateTimeOffset answeredBefore)
    {
        var ids = _answered.Where(pair => pair.Value <= answeredBefore).Select(pair => pair.Key).ToList();
        if (ids.Count == 0)
        {
            return;
        }

        try
        {
            await databases.ChangeAsync(
                database => database.Notifications.Where(row => EF.Parameter(ids).Contains(row.Id))
                    .ExecuteUpdateAsync(update => update.SetProperty(row => row.Answered, true)),
                CancellationToken.None);
            foreach (var id in ids)
            {
                _answered.TryRemove(id, out _);
            }
        }
        catch (Exception e)
        {
            Log.NotRecorded(logger, databases.Name, databases.Explain(e), ids.Count, options.DuplicateWindow);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(210, LogLevel.Warning, "{Database} cannot be written to: {Why} That {Count} notifications were answered is known until a restart only; after one, a repetition within {Window} would add no note")]
        public static partial void NotRecorded(ILogger logger, string database, string why, int count, TimeSpan window);
    }
}
