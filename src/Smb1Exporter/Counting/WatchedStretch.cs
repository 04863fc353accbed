using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>
/// Measures for how long the server was watched, by the monotonic clock: time that a wall clock jumped over was not watched. What grew since the
/// last write stands in memory, and is added to what is stored with the next.
/// </summary>
/// <param name="timeProvider">The clock.</param>
internal sealed class WatchedStretch(TimeProvider timeProvider)
{
    /// <summary>One look adds so much at the most: a program that was stopped for longer did not watch.</summary>
    public static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(60);

    /// <summary>Wall and monotonic clock may differ by so much between two looks before the wall clock is taken to have been set.</summary>
    public static readonly TimeSpan LargestDrift = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private (long Timestamp, DateTimeOffset Time, bool IsWatched)? _last;

    /// <summary>What grew since the last write, and is proved.</summary>
    public WatchedTime Unstored { get; private set; }

    /// <summary>What grew since the last proof.</summary>
    private WatchedTime _unproved;

    /// <summary>Notes a look.</summary>
    /// <param name="isWatched">Whether an attempt would have been seen: auditing is on, and the log is read.</param>
    /// <returns>By how much the wall clock was set since the last look: forward, or back where it is negative; zero where it was not.</returns>
    public TimeSpan Look(bool isWatched)
    {
        var (timestamp, time) = ReadClocks();
        var step = TimeSpan.Zero;
        if (_last is { } last)
        {
            var passed = timeProvider.GetElapsedTime(last.Timestamp, timestamp);
            if (isWatched && last.IsWatched)
            {
                var grown = passed < LongestLook ? passed : LongestLook;
                _unproved = new WatchedTime(_unproved.Covered + grown, _unproved.Quiet + grown);
            }

            step = time - last.Time - passed;
        }

        _last = (timestamp, time, isWatched);
        return step.Duration() > LargestDrift ? step : TimeSpan.Zero;
    }

    // A program that is stopped between the two readings must not take that for a step of the clock.
    private (long Timestamp, DateTimeOffset Time) ReadClocks()
    {
        while (true)
        {
            var (timestamp, time) = (timeProvider.GetTimestamp(), timeProvider.GetUtcNow());
            if (timeProvider.GetElapsedTime(timestamp) < LargestDrift / 2)
            {
                return (timestamp, time);
            }
        }
    }

    /// <summary>An attempt was read, or what may have been one.</summary>
    /// <param name="isCovered">Whether the stretch has begun. If not, quiet stays a second behind covered: else nothing would tell that SMB1 was used.</param>
    public void EndQuiet(bool isCovered)
    {
        Unstored = Unstored with { Quiet = isCovered ? TimeSpan.Zero : -OneSecond };
        _unproved = _unproved with { Quiet = TimeSpan.Zero };
    }

    /// <summary>Records were lost, or none were made: from now on it is measured anew.</summary>
    public void End() => (Unstored, _unproved) = (default, default);

    /// <summary>What grew is proved: it was as now all the time.</summary>
    /// <param name="isQuiet">Whether no SMB1 session was open in it.</param>
    public void Prove(bool isQuiet)
    {
        Unstored = new WatchedTime(Unstored.Covered + _unproved.Covered, Unstored.Quiet + (isQuiet ? _unproved.Quiet : TimeSpan.Zero));
        _unproved = default;
    }

    /// <summary>What grew since the last proof counts for nothing: something changed in between.</summary>
    public void Doubt() => _unproved = default;

    /// <summary>What grew was stored.</summary>
    public void NoteStored() => Unstored = default;
}
