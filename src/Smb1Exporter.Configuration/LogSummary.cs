namespace Smb1Exporter.Configuration;

/// <summary>
/// Keeps the log small where others decide how often something happens: the first event of a kind is logged at once, those that follow are
/// counted and logged as one line a minute. A minute without an event begins anew.
/// </summary>
/// <typeparam name="TKind">What is counted apart; a closed set, since each kind in use holds a timer.</typeparam>
public sealed class LogSummary<TKind> : IDisposable
    where TKind : notnull
{
    /// <summary>How long events are counted before they are logged.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<TKind, Pending> _pending = [];
    private readonly TimeProvider _timeProvider;
    private readonly Action<TKind, long> _logFurther;
    private bool _isDisposed;

    /// <param name="timeProvider">The clock.</param>
    /// <param name="logFurther">Logs how many further events of a kind there were; never called with 0.</param>
    public LogSummary(TimeProvider timeProvider, Action<TKind, long> logFurther) => (_timeProvider, _logFurther) = (timeProvider, logFurther);

    /// <summary>Notes an event.</summary>
    /// <returns>True when the caller is to log it; false when it is counted for the next summary.</returns>
    public bool IsFirst(TKind kind)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return true;
            }

            if (_pending.TryGetValue(kind, out var pending))
            {
                pending.Count++;
                return false;
            }

            _pending.Add(kind, new Pending(_timeProvider.CreateTimer(_ => Summarize(kind), null, Interval, Interval)));
            return true;
        }
    }

    /// <summary>Logs what was counted, and stops counting.</summary>
    public void Dispose()
    {
        List<KeyValuePair<TKind, Pending>> rest;
        lock (_lock)
        {
            _isDisposed = true;
            rest = [.. _pending];
            _pending.Clear();
        }

        foreach (var (kind, pending) in rest)
        {
            pending.Timer.Dispose();
            if (pending.Count > 0)
            {
                _logFurther(kind, pending.Count);
            }
        }
    }

    private void Summarize(TKind kind)
    {
        long count;
        lock (_lock)
        {
            if (!_pending.TryGetValue(kind, out var pending))
            {
                return;
            }

            (count, pending.Count) = (pending.Count, 0);
            if (count == 0)
            {
                _pending.Remove(kind);
                pending.Timer.Dispose();
                return;
            }
        }

        _logFurther(kind, count);
    }

    private sealed class Pending(ITimer timer)
    {
        public ITimer Timer { get; } = timer;

        public long Count { get; set; }
    }
}
