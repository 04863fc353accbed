namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>How long to wait before a delivery is tried again: twice as long each time, up to a limit, spread by chance. Pure.</summary>
internal static class Backoff
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <param name="failures">Failures in a row, 1 or more.</param>
    /// <param name="chance">From 0 to 1; spreads the wait from half to the whole of it, so that many servers do not come back at once.</param>
    public static TimeSpan Wait(int failures, double chance)
    {
        var doublings = Math.Min(failures - 1, 30);
        var whole = Math.Min(First.TotalSeconds * Math.Pow(2, doublings), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(whole * (0.5 + (chance / 2)));
    }
}
