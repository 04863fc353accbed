using System.Threading.Channels;
using Smb1Exporter.TicketReceiver.Hosting;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>
/// Delivers what is in the outbox. Each server has a lane of its own: in order, tried again for ever. Lanes run side by side, a few at a
/// time. This is the only place that tries again.
/// </summary>
internal sealed partial class DeliveryWorker(
    DeliveryQueue queue,
    IServerLocks locks,
    TicketDelivery delivery,
    TicketingCheck check,
    RetryPace pace,
    ReceiverMetrics metrics,
    ReceiverOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider timeProvider,
    ILogger<DeliveryWorker> logger) : BackgroundService
{
    // Wake() announces all work of this process; this finds what another receiver on the same database took in or left, and forgets what is done.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(10);

    // A check asks much: many refusals at once lead to one.
    private static readonly TimeSpan CheckAgainAfter = TimeSpan.FromSeconds(10);

    // However long a ticketing system asks to be left alone.
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<string, Task> _lanes = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(options.MaxParallelDeliveries);
    private DateTimeOffset _forgotAt;
    private long _pausedUntilTicks;

    /// <summary>Says that something new is in the outbox.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A program that cannot listen says so and nothing else.
            await WaitForStartAsync(stoppingToken);
            while (true)
            {
                await WaitUntilUsableAsync(stoppingToken);
                await StartLanesAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(Lanes());
        }
    }

    private async Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        using var started = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStarted, cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, started.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task WaitUntilUsableAsync(CancellationToken cancellationToken)
    {
        for (var failures = 1; !check.IsUsable && !await check.RunAsync(TimeSpan.Zero, cancellationToken); failures++)
        {
            await Task.Delay(pace.Wait(failures, Random.Shared.NextDouble()), timeProvider, cancellationToken);
        }
    }

    private Task[] Lanes()
    {
        lock (_lanes)
        {
            return [.. _lanes.Values];
        }
    }

    private async Task StartLanesAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var key in await queue.PendingKeysAsync(cancellationToken))
            {
                lock (_lanes)
                {
                    if (!_lanes.ContainsKey(key))
                    {
                        _lanes.Add(key, Task.Run(() => RunLaneAsync(key, cancellationToken), CancellationToken.None));
                    }
                }
            }

            await ForgetDeliveredAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.OutboxUnreadable(logger, options.Database, e.GetBaseException().Message, LookAgainAfter.TotalSeconds);
        }
    }

    private async Task ForgetDeliveredAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (now - _forgotAt >= LookAgainAfter)
        {
            _forgotAt = now;
            await queue.ForgetDeliveredAsync(now - options.DuplicateWindow, cancellationToken);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LookAgainAfter, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task RunLaneAsync(string key, CancellationToken cancellationToken)
    {
        var others = false;
        try
        {
            while (check.IsUsable && await StepAsync(key, cancellationToken) is { } step)
            {
                others = step.TakenByOther;
                if (others)
                {
                    break;
                }

                await Task.Delay(step.Wait, timeProvider, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            lock (_lanes)
            {
                _lanes.Remove(key);
            }

            // What came in between the lane's last look and its end would otherwise wait for the next look; what another receiver has is its own.
            if (!others)
            {
                Wake();
            }
        }
    }

    /// <summary>How a lane goes on.</summary>
    /// <param name="Wait">How long before its next step.</param>
    /// <param name="TakenByOther">Another receiver delivers for this server.</param>
    private sealed record Step(TimeSpan Wait, bool TakenByOther = false);

    // Null when nothing is left to do.
    private async Task<Step?> StepAsync(string key, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            if (Paused() is { } pause)
            {
                return new Step(pause);
            }

            await using var taken = await locks.TryTakeAsync(key, cancellationToken);
            return taken is null ? new Step(TimeSpan.Zero, TakenByOther: true) : await DeliverNextAsync(key, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var wait = pace.Wait(4, Random.Shared.NextDouble());
            Log.OutboxUnreadable(logger, options.Database, e.GetBaseException().Message, wait.TotalSeconds);
            return new Step(wait);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<Step?> DeliverNextAsync(string key, CancellationToken cancellationToken)
    {
        if (await queue.NextAsync(key, cancellationToken) is not var (notification, server))
        {
            return null;
        }

        if (server.NextAttemptAt - timeProvider.GetUtcNow() is { } early && early > TimeSpan.Zero)
        {
            return new Step(early);
        }

        var result = await delivery.AttemptAsync(notification, server, cancellationToken);
        var wait = result.Kind == DeliveryResultKind.Failed ? WaitAfter(result, server.FailuresInRow) : TimeSpan.Zero;
        await RecordAsync(notification, result, wait, cancellationToken);
        metrics.Delivered(result.Kind);
        if (result.Kind == DeliveryResultKind.Refused)
        {
            // What it refused of one it may refuse of all.
            await check.RunAsync(CheckAgainAfter, cancellationToken);
        }

        return new Step(wait);
    }

    // The ticketing system may ask for more time, which then holds for all servers; or, the first time only, for an attempt at once.
    private TimeSpan WaitAfter(DeliveryResult result, int failuresBefore)
    {
        var backoff = pace.Wait(failuresBefore + 1, Random.Shared.NextDouble());
        if (result.After is not { } after)
        {
            return backoff;
        }

        var asked = after < LongestPause ? after : LongestPause;
        if (asked == TimeSpan.Zero)
        {
            return failuresBefore == 0 ? asked : backoff;
        }

        if (result.IsOverload)
        {
            Interlocked.Exchange(ref _pausedUntilTicks, (timeProvider.GetUtcNow() + asked).UtcTicks);
        }

        return asked > backoff ? asked : backoff;
    }

    private TimeSpan? Paused()
    {
        var left = TimeSpan.FromTicks(Interlocked.Read(ref _pausedUntilTicks) - timeProvider.GetUtcNow().UtcTicks);
        return left > TimeSpan.Zero ? left : null;
    }

    private async Task RecordAsync(Notification notification, DeliveryResult result, TimeSpan wait, CancellationToken cancellationToken)
    {
        var server = $@"{notification.Customer}\{notification.Server}";
        switch (result.Kind)
        {
            case DeliveryResultKind.Failed:
                Log.Failed(logger, server, result.Why!, wait.TotalSeconds, notification.FailedAttempts + 1);
                await queue.MarkFailedAsync(notification, result.Why!, timeProvider.GetUtcNow() + wait, cancellationToken);
                return;
            case DeliveryResultKind.Refused:
                await queue.SetAsideAsync(notification, result.Why!, result.Answer, cancellationToken);
                Log.SetAside(logger, server, result.Why!);
                return;
        }

        await queue.MarkDeliveredAsync(notification, result.Reference!, cancellationToken);
        var clients = notification.ClientList.Count;
        switch (result.Kind)
        {
            case DeliveryResultKind.Opened:
                Log.Opened(logger, result.Reference!, server, clients);
                break;
            case DeliveryResultKind.Noted:
                Log.Noted(logger, result.Reference!, server, clients);
                break;
            default:
                Log.Unchanged(logger, result.Reference!, server, options.Repeat);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(200, LogLevel.Information, "Ticket {Ticket} opened for {Server} (clients: {Clients})")]
        public static partial void Opened(ILogger logger, string ticket, string server, int clients);

        [LoggerMessage(201, LogLevel.Information, "Note added to ticket {Ticket} for {Server} (clients: {Clients})")]
        public static partial void Noted(ILogger logger, string ticket, string server, int clients);

        [LoggerMessage(202, LogLevel.Information, "Ticket {Ticket} for {Server} left as it is (Receiver:Repeat is {Repeat})")]
        public static partial void Unchanged(ILogger logger, string ticket, string server, RepeatMode repeat);

        [LoggerMessage(203, LogLevel.Warning, "Ticket for {Server} not delivered: {Why} Next attempt in {Seconds:0.#} s; {Failures} failed so far")]
        public static partial void Failed(ILogger logger, string server, string why, double seconds, int failures);

        [LoggerMessage(204, LogLevel.Error, "Ticket for {Server} refused for good and set aside: {Why} Remove the cause, then send it again from the page, or drop it there")]
        public static partial void SetAside(ILogger logger, string server, string why);

        [LoggerMessage(205, LogLevel.Error, "The outbox {Database} cannot be used: {Why} Nothing is lost; next attempt in {Seconds:0.#} s")]
        public static partial void OutboxUnreadable(ILogger logger, string database, string why, double seconds);
    }
}
