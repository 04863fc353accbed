using Smb1Exporter.Auditing;
using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>Adds a batch to what will be written.</summary>
internal static class BatchCounter
{
    public static void Add(OpenChange open, AttemptCounter counter, AuditStart start, AuditBatch batch, DateTimeOffset now)
    {
        var change = open.Change;
        if (batch.StartedOver)
        {
            change.SetTime(StateNames.NotBefore, start.NotBefore);
        }

        var latest = CountRecords(change, counter, batch);
        foreach (var error in batch.Errors.Concat(counter.Errors))
        {
            counter.Add(CounterNames.Of(error.Reason), 1);
        }

        if (batch.Gaps.Count > 0)
        {
            counter.Add(CounterNames.Gaps, batch.Gaps.Count);
            open.EndCoverage(now, batch.Gaps.Select(gap => $"Audit records were lost unread in {gap.Place}: {gap.Detail.TrimEnd('.')}."));
        }

        NoteAttempts(open, counter);
        NoteHidden(open, batch, now);
        if (latest is { } time)
        {
            // Never ahead of the clock: where the position is lost, reading goes on behind this time.
            change.SetTime(StateNames.LatestRecord, time < now ? time : now);
        }

        if (batch.CaughtUp)
        {
            change.SetTime(StateNames.NotBefore, null);
        }

        open.Add(new CommitOutcome([.. batch.Errors, .. counter.Errors], batch.Gaps, counter.NewClients, counter.OverCap));
    }

    /// <summary>What was counted ends the quiet time.</summary>
    public static void NoteAttempts(OpenChange open, AttemptCounter counter)
    {
        if (counter.LastAttempt is { } last)
        {
            open.EndQuiet();
            if (open.Change.GetTime(StateNames.LastAttempt) is not { } known || known < last)
            {
                open.Change.SetTime(StateNames.LastAttempt, last);
            }
        }
    }

    private static DateTimeOffset? CountRecords(StateChange change, AttemptCounter counter, AuditBatch batch)
    {
        var notBefore = change.GetTime(StateNames.NotBefore) ?? DateTimeOffset.MinValue;
        var latest = change.GetTime(StateNames.LatestRecord);
        foreach (var record in batch.Records)
        {
            if (record.Time >= notBefore)
            {
                counter.Count(record);
                latest = latest is { } known && known > record.Time ? known : record.Time;
            }
        }

        return latest;
    }

    /// <summary>A record that cannot be read, and may be of an SMB1 connection, counts against the quiet time like an attempt.</summary>
    private static void NoteHidden(OpenChange open, AuditBatch batch, DateTimeOffset now)
    {
        var hiding = batch.Errors.Where(error => error.MayHideAttempt).ToList();
        if (hiding.Count > 0)
        {
            var others = hiding.Count == 1 ? "" : $" The same goes for {Figures.Count(hiding.Count - 1, "other record", "D")}.";
            open.EndQuiet();
            open.Change.NoteCoverage(
                now, $"A record that may be of an SMB1 connection could not be read at {hiding[0].Place}: {hiding[0].Detail.TrimEnd('.')}.{others}");
        }
    }
}
