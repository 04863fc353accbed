namespace Smb1Exporter.EndToEnd.Tests.Dashboards.History;

/// <summary>All that happened on one server, and what follows from it: worked out from the events, without any query.</summary>
internal sealed record ServerHistory(string Customer, string HostName)
{
    /// <summary>For how long Prometheus goes on showing a series' last sample.</summary>
    private static readonly TimeSpan Lookback = TimeSpan.FromMinutes(5);

    /// <summary>For how long a server that shows no figures is remembered.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private readonly Dictionary<IReadOnlyList<DateTimeOffset>, List<Rise>> _rises = new(ReferenceEqualityComparer.Instance);

    /// <summary>Seconds after the full minute at which it is scraped.</summary>
    public int ScrapedAtSecond { get; init; }

    /// <summary>Exporter:ReadyAfter.</summary>
    public TimeSpan ReadyAfter { get; init; } = TimeSpan.FromDays(32);

    /// <summary>When auditing began.</summary>
    public DateTimeOffset CoveredFrom { get; init; }

    public IReadOnlyList<ClientHistory> Clients { get; init; } = [];

    /// <summary>When the exporter gave no figures.</summary>
    public IReadOnlyList<Stretch> Silent { get; init; } = [];

    public IReadOnlyList<Stretch> Smb1Off { get; init; } = [];

    public IReadOnlyList<Stretch> AuditingOff { get; init; } = [];

    public IReadOnlyList<Stretch> SourceDown { get; init; } = [];

    /// <summary>When records were lost unread; each ends the covered stretch.</summary>
    public IReadOnlyList<DateTimeOffset> Gaps { get; init; } = [];

    /// <summary>When the exporter lost its state file: all its counters begin anew, and all that it knew is forgotten.</summary>
    public DateTimeOffset? StateLost { get; init; }

    public IReadOnlyList<DateTimeOffset> Rejected { get; init; } = [];

    public IReadOnlyList<DateTimeOffset> Excluded { get; init; } = [];

    public IReadOnlyList<DateTimeOffset> ReadErrors { get; init; } = [];

    /// <summary>The addresses it is scraped at, and when.</summary>
    public IReadOnlyList<(string Instance, Stretch When)> Targets { get; init; } = [];

    /// <summary>Every time at which the server was scraped with success, oldest first.</summary>
    public List<DateTimeOffset> Scrapes =>
        field ??= [.. KnownFleet.ScrapeTimes(ScrapedAtSecond).Where(time => !Silent.Any(stretch => stretch.Contains(time)))];

    /// <summary>The scrape whose samples are shown at a time; null when there are none.</summary>
    public DateTimeOffset? ScrapeShownAt(DateTimeOffset time) => LastScrapeWithin(time, Lookback);

    /// <summary>The last scrape in the day before a time; null when there was none.</summary>
    public DateTimeOffset? LastScrape(DateTimeOffset time) => LastScrapeWithin(time, Remembered);

    public DateTimeOffset? LostBefore(DateTimeOffset time) => StateLost <= time ? StateLost : null;

    public DateTimeOffset CoveredSince(DateTimeOffset time) =>
        AuditingOff.Any(stretch => stretch.Contains(time))
            ? time
            : Gaps.Concat(AuditingOff.Select(stretch => stretch.To)).Append(StateLost ?? CoveredFrom).Append(CoveredFrom)
                .Where(moment => moment <= time).Max();

    /// <summary>The last attempt that the exporter knows of; null for none.</summary>
    public DateTimeOffset? LastAttempt(DateTimeOffset time) =>
        Clients.Select(client => client.Known(time, LostBefore(time)).Cast<DateTimeOffset?>().LastOrDefault()).Max();

    /// <summary>For how long the server was watched without a gap. While the log cannot be read nobody watches, and no gap follows.</summary>
    public TimeSpan Covered(DateTimeOffset time) => WatchedSince(CoveredSince(time), time);

    /// <summary>The part of it since the last attempt.</summary>
    public TimeSpan Quiet(DateTimeOffset time) =>
        LastAttempt(time) is { } attempt && attempt > CoveredSince(time) ? WatchedSince(attempt, time) : Covered(time);

    /// <summary>When the server is ready at the earliest, as told by the figures shown at a time; null when there are none.</summary>
    public DateTimeOffset? Earliest(DateTimeOffset time) =>
        ScrapeShownAt(time) is { } scrape ? scrape + ReadyAfter - Quiet(scrape) : null;

    /// <summary>The verdict at a time; null when the server is not known.</summary>
    public string? Verdict(DateTimeOffset time)
    {
        if (ScrapeShownAt(time) is not { } scrape)
        {
            return LastScrape(time) is null ? null : "unknown";
        }

        return (Smb1Off.Any(stretch => stretch.Contains(scrape)), AuditingOff.Any(stretch => stretch.Contains(scrape)),
            SourceDown.Any(stretch => stretch.Contains(scrape))) switch
        {
            (true, _, _) => "smb1_off",
            (_, true, _) => "auditing_off",
            (_, _, true) => "source_down",
            _ when Quiet(scrape) >= ReadyAfter => "ready",
            _ => Quiet(scrape) < Covered(scrape) ? "attempts" : "not_covered",
        };
    }

    /// <summary>Attempts of a client that Prometheus came to know of in the time before <paramref name="end"/>.</summary>
    public int Attempts(ClientHistory client, DateTimeOffset end, TimeSpan window) => ScrapedIn(client.Attempts, end, window);

    public int Attempts(DateTimeOffset end, TimeSpan window) => Clients.Sum(client => Attempts(client, end, window));

    /// <summary>
    /// How many of the events Prometheus came to know of in the time before <paramref name="end"/>: each at the first scrape after it, as the rise
    /// from the scrape before, which the time must reach.
    /// </summary>
    public int ScrapedIn(IReadOnlyList<DateTimeOffset> events, DateTimeOffset end, TimeSpan window)
    {
        if (!_rises.TryGetValue(events, out var rises))
        {
            _rises[events] = rises = [.. events.Select(RiseAfter).OfType<Rise>()];
        }

        return rises.Count(rise => rise.To <= end && rise.To > end - window && rise.From >= end - window - Lookback);
    }

    /// <summary>Clients seen within <see cref="ReadyAfter"/>; null when the server shows no figures.</summary>
    public int? RecentClients(DateTimeOffset time) =>
        ScrapeShownAt(time) is { } scrape
            ? Clients.Count(client => client.LastSeen(scrape, LostBefore(scrape)) > time - ReadyAfter)
            : null;

    private DateTimeOffset? LastScrapeWithin(DateTimeOffset time, TimeSpan age)
    {
        var index = LastIndexUpTo(time);
        return index >= 0 && Scrapes[index] >= time - age ? Scrapes[index] : null;
    }

    private TimeSpan WatchedSince(DateTimeOffset begin, DateTimeOffset time) =>
        time - begin - SourceDown.Aggregate(TimeSpan.Zero, (sum, stretch) => sum + stretch.Within(begin, time));

    private Rise? RiseAfter(DateTimeOffset moment) =>
        LastIndexUpTo(moment.AddTicks(-1)) is >= 0 and var before && before + 1 < Scrapes.Count ? new(Scrapes[before], Scrapes[before + 1]) : null;

    private int LastIndexUpTo(DateTimeOffset time)
    {
        var index = Scrapes.BinarySearch(time);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>Two scrapes, one after the other.</summary>
    private readonly record struct Rise(DateTimeOffset From, DateTimeOffset To);
}
