using System.Threading.Channels;
using Smb1Exporter.TicketReceiver.Hosting;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>
/// Delivers what is in the outbox. Each server has a lane of its own: in order, tried again for ever. Lanes run side by side, a few at a
/// time. This is the only place that tries again.
/// </summary>
internal sealed partial class DeliveryWorker(
    DeliveryQueue queue,
    TicketDelivery delivery,
    ReceiverMetrics metrics,
    ReceiverOptions options,
    TimeProvider timeProvider,
    ILogger<DeliveryWorker> logger) : BackgroundService
{
    private const int LanesAtOnce = 4;

    // Wake() announces all work; this finds what another receiver on the same database left, and forgets what is done.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(30);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<string, Task> _lanes = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(LanesAtOnce);
    private DateTimeOffset _forgotAt;

    /// <summary>Says that something new is in the outbox.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    public override void Dispose()
    {
        _slots.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The rest of the program need not wait for the first look.
        await Task.Yield();
        try
        {
            while (true)
            {
                await StartLanesAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(Lanes());
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
        try
        {
            var failures = 0;
            while (await DeliverNextAsync(key, failures, cancellationToken) is var (failed, wait))
            {
                failures = failed ? failures + 1 : 0;
                await Task.Delay(wait, timeProvider, cancellationToken);
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

            // What came in between the lane's last look and its end would otherwise wait for the next one.
            Wake();
        }
    }

    // Whether the attempt failed and how long to wait before the lane goes on; null when nothing is left to do.
    private async Task<(bool Failed, TimeSpan Wait)?> DeliverNextAsync(string key, int failures, CancellationToken cancellationToken)
    {
        var backoff = Backoff.Wait(failures + 1, Random.Shared.NextDouble());
        await _slots.WaitAsync(cancellationToken);
        try
        {
            if (await queue.NextAsync(key, cancellationToken) is not { } notification)
            {
                return null;
            }

            var result = await delivery.AttemptAsync(notification, cancellationToken);
            var wait = result.Kind == DeliveryResultKind.Failed ? WaitAfter(result, failures, backoff) : TimeSpan.Zero;
            await RecordAsync(notification, result, wait, cancellationToken);
            metrics.Delivered(result.Kind);
            return (result.Kind == DeliveryResultKind.Failed, wait);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.OutboxUnreadable(logger, options.Database, e.GetBaseException().Message, backoff.TotalSeconds);
            return (true, backoff);
        }
        finally
        {
            _slots.Release();
        }
    }

    // The ticketing system may ask for more time, or, the first time only, for an attempt at once.
    private static TimeSpan WaitAfter(DeliveryResult result, int failures, TimeSpan backoff) => result.After switch
    {
        { } asked when asked > backoff => asked,
        { } asked when asked == TimeSpan.Zero && failures == 0 => asked,
        _ => backoff,
    };

    private async Task RecordAsync(Notification notification, DeliveryResult result, TimeSpan wait, CancellationToken cancellationToken)
    {
        var server = $@"{notification.Customer}\{notification.Server}";
        switch (result.Kind)
        {
            case DeliveryResultKind.Failed:
                Log.Failed(logger, server, result.Why!, wait.TotalSeconds, notification.FailedAttempts + 1);
                await queue.MarkFailedAsync(notification.Id, result.Why!, cancellationToken);
                return;
            case DeliveryResultKind.Refused:
                await queue.SetAsideAsync(notification.Id, result.Why!, cancellationToken);
                Log.SetAside(logger, server, result.Why!);
                return;
        }

        await queue.MarkDeliveredAsync(notification, result.Reference!, cancellationToken);
        var clients = notification.Clients.Split('\n').Length;
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

        [LoggerMessage(204, LogLevel.Error, "Ticket for {Server} refused for good and set aside: {Why} Remove the cause, then send it again from the page")]
        public static partial void SetAside(ILogger logger, string server, string why);

        [LoggerMessage(205, LogLevel.Error, "The outbox {Database} cannot be used: {Why} Nothing is lost; next attempt in {Seconds:0.#} s")]
        public static partial void OutboxUnreadable(ILogger logger, string database, string why, double seconds);
    }
}
