namespace Smb1Exporter.Auditing;

/// <summary>
/// How far reading lags behind the audit log: for how long something may have been waiting there to be counted. An upper bound, from what the reader
/// does anyway. By the monotonic clock, but for a backlog that was there before this process. Safe for use by several threads.
/// </summary>
/// <param name="timeProvider">The clock.</param>
internal sealed class ReadingLag(TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private long? _behindSince;
    private DateTimeOffset? _readUpTo;
    private bool _hasCaughtUp;

    /// <summary>Zero where all was counted at the last look; null where the log was never read.</summary>
    public TimeSpan? Current
    {
        get
        {
            lock (_lock)
            {
                if (_behindSince is not { } since)
                {
                    return _hasCaughtUp ? TimeSpan.Zero : null;
                }

                var elapsed = timeProvider.GetElapsedTime(since);
                var backlog = _readUpTo is { } time ? timeProvider.GetUtcNow() - time : TimeSpan.Zero;
                return backlog > elapsed ? backlog : elapsed;
            }
        }
    }

    /// <summary>Notes that the reader begins to read: until it has caught up, something may wait.</summary>
    /// <param name="notBefore">Up to when the log is known to be counted, if this process has never caught up.</param>
    public void Begin(DateTimeOffset notBefore)
    {
        lock (_lock)
        {
            _behindSince ??= timeProvider.GetTimestamp();
            if (!_hasCaughtUp)
            {
                _readUpTo ??= notBefore;
            }
        }
    }

    /// <summary>Notes what was counted of a backlog that was there before this process; afterwards what waits is younger than the last look.</summary>
    public void NoteCounted(IReadOnlyList<AuditRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        lock (_lock)
        {
            if (!_hasCaughtUp && records.Count > 0 && records[^1].Time > _readUpTo)
            {
                _readUpTo = records[^1].Time;
            }
        }
    }

    /// <summary>Notes that the log cannot be read. One that never could be may hold nothing, or not be there at all.</summary>
    public void NoteFailure()
    {
        lock (_lock)
        {
            _behindSince = _hasCaughtUp ? _behindSince : null;
        }
    }

    /// <summary>Notes that all that was there at the last look is counted.</summary>
    public void CatchUp()
    {
        lock (_lock)
        {
            (_behindSince, _readUpTo, _hasCaughtUp) = (null, null, true);
        }
    }
}
