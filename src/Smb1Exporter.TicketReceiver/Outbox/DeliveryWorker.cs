using System.Collections.Concurrent;
using System.Threading.Channels;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>
/// Delivers what is in the outbox. Each server has a lane of its own: in order, tried again for ever. Lanes run side by side, a few at a
/// time. This is the only place that tries again.
/// </summary>
internal sealed partial class DeliveryWorker(
    DeliveryQueue queue,
    IDatabaseEngine database,
    IServerLocks locks,
    TicketDelivery delivery,
    TicketingCheck check,
    RetryPace pace,
    DeliveryMetrics metrics,
    DeliveryOptions options,
    OutboxOptions retention,
    IHostApplicationLifetime lifetime,
    TimeProvider timeProvider,
    ILogger<DeliveryWorker> logger) : BackgroundService
{
    // A check asks much: many refusals at once lead to one.
    private static readonly TimeSpan CheckAgainAfter = TimeSpan.FromSeconds(10);

    // However long a ticketing system asks to be left alone.
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private static readonly TimeSpan ForgetAgainAfter = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentQueue<string> _announced = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(options.MaxParallelDeliveries);
    private DateTimeOffset _lookedAt;
    private DateTimeOffset _forgotAt;
    private long _pausedUntilTicks;
    private long _unusableUntilTicks;
    private volatile bool _lookAtOnce;

    /// <summary>Says for which servers something new is in the outbox.</summary>
    public void Announce(IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            _announced.Enqueue(key);
        }

        _wake.Writer.TryWrite(true);
    }

    /// <summary>Has the whole outbox looked through.</summary>
    public void Wake()
    {
        _lookAtOnce = true;
        _wake.Writer.TryWrite(true);
    }

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
            await Task.WhenAll(Running());
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
            _lookAtOnce = true;
            await Task.Delay(pace.Wait(failures, Random.Shared.NextDouble()), timeProvider, cancellationToken);
        }
    }

    private Task[] Running()
    {
        lock (_lanes)
        {
            return [.. _lanes.Values.Select(lane => lane.Running)];
        }
    }

    // What this process took in is announced; looking finds what another receiver on the same database took in or left.
    private async Task StartLanesAsync(CancellationToken cancellationToken)
    {
        while (_announced.TryDequeue(out var key))
        {
            StartLane(key, isNew: true, cancellationToken);
        }

        if (!_lookAtOnce && UntilNextLook() > TimeSpan.Zero)
        {
            return;
        }

        try
        {
            _lookAtOnce = false;
            _lookedAt = timeProvider.GetUtcNow();
            foreach (var key in await queue.PendingKeysAsync(cancellationToken))
            {
                StartLane(key, isNew: false, cancellationToken);
            }

            await ForgetDeliveredAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            PauseForOutbox(e);
        }
    }

    private TimeSpan UntilNextLook() => _lookedAt + database.LookAgainAfter - timeProvider.GetUtcNow();

    private void StartLane(string key, bool isNew, CancellationToken cancellationToken)
    {
        lock (_lanes)
        {
            if (_lanes.TryGetValue(key, out var lane))
            {
                lane.HasMore |= isNew;
                return;
            }

            lane = new Lane();
            _lanes.Add(key, lane);
            lane.Running = Task.Run(() => RunLaneAsync(key, lane, cancellationToken), CancellationToken.None);
        }
    }

    private async Task ForgetDeliveredAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (now - _forgotAt >= ForgetAgainAfter)
        {
            _forgotAt = now;
            await queue.ForgetDeliveredAsync(now - retention.KeepDeliveries, cancellationToken);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var left = UntilNextLook();
        using var limit = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task RunLaneAsync(string key, Lane lane, CancellationToken cancellationToken)
    {
        try
        {
            while (check.IsUsable && await StepAsync(key, cancellationToken) is var step && GoesOn(key, lane, step))
            {
                await Task.Delay(step?.Wait ?? TimeSpan.Zero, timeProvider, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            End(key, lane);
        }

        if (!check.IsUsable)
        {
            Wake();
        }
    }

    private void End(string key, Lane lane)
    {
        lock (_lanes)
        {
            // After its end another may have begun.
            if (_lanes.GetValueOrDefault(key) == lane)
            {
                _lanes.Remove(key);
            }
        }
    }

    // A lane ends when nothing is left, also not what came in since it looked; and when another receiver has the server, until the next look.
    private bool GoesOn(string key, Lane lane, Step? step)
    {
        lock (_lanes)
        {
            var goesOn = step is null ? lane.HasMore : !step.TakenByOther;
            lane.HasMore = false;
            if (!goesOn)
            {
                _lanes.Remove(key);
            }

            return goesOn;
        }
    }

    /// <summary>Deliveries for one server, one after the other.</summary>
    private sealed class Lane
    {
        public Task Running { get; set; } = Task.CompletedTask;

        /// <summary>Whether something came in for the server since the lane last looked.</summary>
        public bool HasMore { get; set; }
    }

    /// <summary>How a lane goes on.</summary>
    /// <param name="Wait">How long before its next step.</param>
    /// <param name="TakenByOther">Another receiver delivers for this server.</param>
    private sealed record Step(TimeSpan Wait, bool TakenByOther = false)
    {
        public static readonly Step Others = new(TimeSpan.Zero, TakenByOther: true);
    }

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
            return taken is null ? Step.Others : await DeliverSomeAsync(key, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return new Step(PauseForOutbox(e));
        }
        finally
        {
            _slots.Release();
        }
    }

    // A lock costs more than a look: what follows at once is delivered under the same, unless others have waited long enough.
    private async Task<Step?> DeliverSomeAsync(string key, CancellationToken cancellationToken)
    {
        const int AtOnce = 10;
        for (var delivered = 1; ; delivered++)
        {
            var step = await DeliverNextAsync(key, cancellationToken);
            if (step is not { Wait.Ticks: 0, TakenByOther: false } || delivered == AtOnce || Paused() is not null || !check.IsUsable)
            {
                return step;
            }
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

        if (await delivery.AttemptAsync(notification, server, cancellationToken) is not { } result)
        {
            return Step.Others;
        }

        var wait = result.Kind == DeliveryResultKind.Failed ? WaitAfter(result, server.FailuresInRow) : TimeSpan.Zero;
        await RecordAsync(notification, server, result, wait, cancellationToken);
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
        var until = Math.Max(Interlocked.Read(ref _pausedUntilTicks), Interlocked.Read(ref _unusableUntilTicks));
        var left = TimeSpan.FromTicks(until - timeProvider.GetUtcNow().UtcTicks);
        return left > TimeSpan.Zero ? left : null;
    }

    // A database that fails one lane fails them all: they wait together, and it is said once.
    private TimeSpan PauseForOutbox(Exception fault)
    {
        var wait = pace.Wait(4, Random.Shared.NextDouble());
        var now = timeProvider.GetUtcNow();
        var before = Interlocked.Exchange(ref _unusableUntilTicks, (now + wait).UtcTicks);
        if (before <= now.UtcTicks)
        {
            Log.OutboxUnusable(logger, database.Name, database.Explain(fault), wait.TotalSeconds);
        }

        return wait;
    }

    private async Task RecordAsync(
        Notification notification, NotifiedServer row, DeliveryResult result, TimeSpan wait, CancellationToken cancellationToken)
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

        await queue.MarkDeliveredAsync(notification, row, result, timeProvider.GetUtcNow(), cancellationToken);
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
        public static partial void OutboxUnusable(ILogger logger, string database, string why, double seconds);
    }
}
