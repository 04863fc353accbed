using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>What was counted and is not written yet.</summary>
/// <param name="state">What is stored.</param>
internal sealed class OpenChange(StoredState state)
{
    /// <summary>What will be written.</summary>
    public StateChange Change { get; } = new(state);

    /// <summary>What to tell once it is written.</summary>
    public CommitOutcome Outcome { get; private set; } = CommitOutcome.Nothing;

    /// <summary>Whether an attempt was counted, or what may have been one.</summary>
    public bool EndsQuiet { get; private set; }

    /// <summary>Whether nobody can say any more that nothing was missed.</summary>
    public bool EndsCoverage { get; private set; }

    public void Add(CommitOutcome outcome) => Outcome = Outcome.And(outcome);

    public void EndQuiet() => EndsQuiet = true;

    /// <summary>The covered stretch ends.</summary>
    /// <param name="time">When that was found.</param>
    /// <param name="reasons">Why: sentences; at least one.</param>
    public void EndCoverage(DateTimeOffset time, IEnumerable<string> reasons)
    {
        (EndsQuiet, EndsCoverage) = (true, true);
        foreach (var reason in reasons)
        {
            Change.EndCoverage(time, reason);
        }
    }

    /// <summary>For how long the server was watched: what was stored, as far as it goes on, and what came since.</summary>
    public WatchedTime WatchedWith(WatchedTime since)
    {
        var stored = WatchedTime.Of(state);
        return new WatchedTime(
            (EndsCoverage ? TimeSpan.Zero : stored.Covered) + since.Covered, (EndsQuiet ? TimeSpan.Zero : stored.Quiet) + since.Quiet);
    }

    /// <summary>Adds for how long the server was watched.</summary>
    public void SetWatched(WatchedTime since, DateTimeOffset now)
    {
        var watched = WatchedWith(since);
        Change.SetNumber(StateNames.Covered, (long)watched.Covered.TotalMicroseconds);
        Change.SetNumber(StateNames.Quiet, (long)watched.Quiet.TotalMicroseconds);
        if (since.Covered > TimeSpan.Zero)
        {
            Change.SetTime(StateNames.WatchedUntil, now);
            if (Change.OpenPeriod is null)
            {
                Change.BeginCoverage(now - since.Covered);
            }
        }
    }
}
