namespace Smb1Exporter.Counting;

/// <summary>
/// Decides when a series may rise: after a scrape has shown it with the value Prometheus last knew, and the hold has passed since.
/// Prometheus' increase() sees only differences between samples, so a rise that no sample precedes is never seen.
/// Safe for use by several threads. Known in this process only: after a restart every series is held again, because what was scraped before may have left the range.
/// </summary>
internal sealed class BirthHold(TimeSpan hold, TimeProvider timeProvider)
{
    /// <summary>
    /// Without a scrape for this long, all series are held again: the sample before could be about to leave the one-hour range of the
    /// alert rule. Well above any usual scrape interval, or series scraped that rarely would never rise.
    /// </summary>
    public static readonly TimeSpan ScrapeOutage = TimeSpan.FromMinutes(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _firstScraped = new(StringComparer.Ordinal);
    private long? _lastScrape;

    /// <summary>Whether the series may show its total in the scrape that is about to be answered.</summary>
    public bool MayRise(string series)
    {
        lock (_lock)
        {
            return _lastScrape is { } last
                && timeProvider.GetElapsedTime(last) <= ScrapeOutage
                && _firstScraped.TryGetValue(series, out var first)
                && timeProvider.GetElapsedTime(first) >= hold;
        }
    }

    /// <summary>Notes that a scrape showing these series, and no others, was answered.</summary>
    public void Scraped(IEnumerable<string> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        lock (_lock)
        {
            Remember(series, timeProvider.GetTimestamp());
        }
    }

    /// <summary>Forgets a series: should it come back, it is born anew.</summary>
    public void Forget(string series)
    {
        lock (_lock)
        {
            _firstScraped.Remove(series);
        }
    }

    private void Remember(IEnumerable<string> series, long now)
    {
        if (_lastScrape is { } last && timeProvider.GetElapsedTime(last, now) > ScrapeOutage)
        {
            _firstScraped.Clear();
        }

        _lastScrape = now;
        foreach (var name in series)
        {
            _firstScraped.TryAdd(name, now);
        }
    }
}
