using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>Names for the series of a snapshot, under which <see cref="BirthHold"/> remembers them.</summary>
internal static class SeriesNames
{
    private const char Separator = '/';

    /// <summary>The series whose totals are not shown yet.</summary>
    public static IEnumerable<string> Held(AttemptTotals totals) =>
        All(totals).Where(series => series.Count.Shown < series.Count.Total).Select(series => series.Name);

    /// <summary>Every counter series of the snapshot.</summary>
    public static IEnumerable<(string Name, HeldCount Count)> All(AttemptTotals totals) =>
    [
        .. totals.Clients.Select(client => (Of(client.Address), client.Attempts)),
        (OfCounter(CounterNames.Excluded), totals.Excluded),
        (OfCounter(CounterNames.Rejected), totals.Rejected),
        (OfCounter(CounterNames.Gaps), totals.Gaps),
        .. totals.ReadErrors.Select(pair => (OfCounter(StateTransaction.CounterOf(pair.Key)), pair.Value)),
    ];

    /// <summary>The attempts of one client.</summary>
    public static string Of(string clientAddress) => $"client{Separator}{clientAddress}";

    /// <summary>The table and the key behind a name.</summary>
    public static (string Table, string Key) Parse(string series)
    {
        var separator = series.IndexOf(Separator, StringComparison.Ordinal);
        return (series[..separator], series[(separator + 1)..]);
    }

    private static string OfCounter(string counter) => $"counter{Separator}{counter}";
}
