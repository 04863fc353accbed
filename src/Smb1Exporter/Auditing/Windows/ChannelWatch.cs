namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// Keeps the subscription to one channel, which only saves waiting for the next periodic read. One that fails is made anew with backoff; one that
/// stays silent about an event that a read has found (seen when the event log service restarts, or the log is cleared) is replaced.
/// All but the callbacks of the subscription is called from one thread at a time.
/// </summary>
internal sealed partial class ChannelWatch(IEventChannel channel, Action wake, TimeProvider timeProvider, ILogger logger) : IDisposable
{
    /// <summary>How long a notice may take before its subscription is held for dead.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    private IDisposable? _subscription;
    private Exception? _failure;
    private long _lastNoticeTicks;
    private DateTimeOffset _subscribedAt;
    private DateTimeOffset _newestFound;
    private DateTimeOffset _notBefore;
    private TimeSpan _delay = FirstDelay;
    private bool _failureLogged;

    /// <summary>Sees to the subscription; called after each read that succeeded.</summary>
    /// <param name="newestFound">The time of the newest event concerning SMB1 that the read found; null when it found none.</param>
    public void AfterRead(DateTimeOffset? newestFound)
    {
        var now = timeProvider.GetUtcNow();
        if (newestFound > _newestFound)
        {
            _newestFound = newestFound.Value;
        }

        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            Ended(failure, now);
        }
        else if (_subscription is not null && IsSilent(now))
        {
            LogSilent(channel.Name, _newestFound);
            Drop();
        }

        if (_subscription is null && now >= _notBefore)
        {
            Subscribe(now);
        }
    }

    public void Dispose() => Drop();

    private bool IsSilent(DateTimeOffset now) =>
        _newestFound > _subscribedAt
        && now - _newestFound > Grace
        && Interlocked.Read(ref _lastNoticeTicks) < _newestFound.UtcTicks;

    private void Subscribe(DateTimeOffset now)
    {
        _subscribedAt = now;
        try
        {
            _subscription = channel.Subscribe(OnWritten, OnFailed);
            if (_failureLogged)
            {
                LogBack(channel.Name);
                _failureLogged = false;
            }

            _delay = FirstDelay;
        }
        catch (Exception e)
        {
            // A subscription that is refused is told as failed first, with the reason, and only then throws.
            Ended(Interlocked.Exchange(ref _failure, null) ?? e, now);
        }
    }

    private void Ended(Exception failure, DateTimeOffset now)
    {
        Drop();
        if (!_failureLogged)
        {
            LogFailed(channel.Name, failure.Message);
            _failureLogged = true;
        }

        _notBefore = now + _delay;
        _delay = _delay * 2 < LongestDelay ? _delay * 2 : LongestDelay;
    }

    private void Drop()
    {
        try
        {
            _subscription?.Dispose();
        }
        catch (Exception e) when (e is NullReferenceException or ObjectDisposedException)
        {
            // EventLogWatcher may be stopped by its own callback at the same moment, and does not see to that.
        }

        _subscription = null;
    }

    private void OnWritten()
    {
        Interlocked.Exchange(ref _lastNoticeTicks, timeProvider.GetUtcNow().UtcTicks);
        wake();
    }

    private void OnFailed(Exception failure)
    {
        Interlocked.Exchange(ref _failure, failure);
        wake();
    }

    [LoggerMessage(3101, LogLevel.Information,
        "Event log channel {Channel}: change notices are not available ({Reason}). Nothing is lost: the channel is read at the poll interval; notices are asked for again")]
    private partial void LogFailed(string channel, string reason);

    [LoggerMessage(3102, LogLevel.Information, "Event log channel {Channel}: change notices are back")]
    private partial void LogBack(string channel);

    [LoggerMessage(3103, LogLevel.Warning,
        "Event log channel {Channel}: no change notice came for the event of {Time:O}, which the periodic read found. The subscription is made anew; nothing is lost")]
    private partial void LogSilent(string channel, DateTimeOffset time);
}
