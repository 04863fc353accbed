using System.Collections.Concurrent;

namespace Smb1Exporter.TestSupport;

/// <summary>
/// Another clock that also tells which timers wait on it: a test advances a fake clock when the program sleeps, not in the hope that it does.
/// </summary>
/// <param name="clock">The clock.</param>
public sealed class WatchedClock(TimeProvider clock) : TimeProvider
{
    private readonly ConcurrentDictionary<Watched, TimeSpan> _armed = new();

    /// <summary>How long each timer that waits now was set to wait.</summary>
    public IEnumerable<TimeSpan> Armed => _armed.Values;

    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Watched(this, callback, state, dueTime, period);

    /// <summary>Waits until something sleeps for this long.</summary>
    public Task SleepingAsync(TimeSpan time) =>
        Eventually.TrueAsync(() => Armed.Contains(time), $"something waits for {time}; timers are {string.Join(", ", Armed)}");

    private sealed class Watched : ITimer
    {
        private readonly WatchedClock _watcher;
        private readonly ITimer _timer;

        public Watched(WatchedClock watcher, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _watcher = watcher;

            // It is noted before it can fire, and forgotten before what it wakes can set another.
            _timer = watcher.Clock.CreateTimer(
                _ =>
                {
                    _watcher._armed.TryRemove(this, out TimeSpan _);
                    callback(state);
                },
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                _watcher._armed.TryRemove(this, out _);
            }
            else
            {
                _watcher._armed[this] = dueTime;
            }

            return _timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            _watcher._armed.TryRemove(this, out _);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            _watcher._armed.TryRemove(this, out _);
            return _timer.DisposeAsync();
        }
    }

    private TimeProvider Clock => clock;
}
