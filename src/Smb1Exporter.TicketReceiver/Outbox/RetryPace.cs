namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>How long to wait before a delivery is tried again: twice as long each time, up to a limit, spread by chance. Pure.</summary>
/// <param name="First">After the first failure.</param>
/// <param name="Longest">At most.</param>
internal sealed record RetryPace(TimeSpan First, TimeSpan Longest)
{
    /// <summary>From one second to five minutes.</summary>
    public static readonly RetryPace Default = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));

    /// <summary>Reads <c>RetryFirst</c> and <c>RetryLongest</c>.</summary>
    public static RetryPace Read(SectionReader reader)
    {
        var first = reader.Duration("RetryFirst", Default.First, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(5));
        var longest = reader.Duration("RetryLongest", Default.Longest, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1));
        if (longest < first)
        {
            reader.Reject("RetryLongest", $"{longest} is shorter than Receiver:RetryFirst, {first}. Raise it, or lower that.");
        }

        return new RetryPace(first, longest);
    }

    /// <param name="failures">Failures in a row, 1 or more.</param>
    /// <param name="chance">From 0 to 1; spreads the wait from half to the whole of it, so that many servers do not come back at once.</param>
    public TimeSpan Wait(int failures, double chance)
    {
        var doublings = Math.Min(failures - 1, 30);
        var whole = Math.Min(First.TotalSeconds * Math.Pow(2, doublings), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(whole * (0.5 + (chance / 2)));
    }
}
