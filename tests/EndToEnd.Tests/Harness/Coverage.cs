using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>Since when the exporter calls the server covered.</summary>
internal static class Coverage
{
    /// <summary>Null while nothing is covered.</summary>
    public static async Task<DateTimeOffset?> CoveredSinceAsync(this ExporterProcess exporter) =>
        (await exporter.ScrapeAsync()).Of("smb1_audit_covered_since_timestamp_seconds") is [{ Value: > 0 } since]
            ? DateTimeOffset.FromUnixTimeSeconds((long)since.Value)
            : null;

    /// <summary>Waits until auditing is on and the server is covered.</summary>
    public static async Task WhenCoveredAsync(this ExporterProcess exporter)
    {
        await exporter.WhenAuditingAsync();
        await exporter.WhenAsync(
            scrape => scrape.Of("smb1_audit_covered_since_timestamp_seconds") is [{ Value: > 0 }], "the server is covered");
    }

    /// <summary>Waits until the server has been covered for long enough that a later beginning can be told from this one, which it returns.</summary>
    public static async Task<DateTimeOffset> WhenCoveredForAMomentAsync(this ExporterProcess exporter)
    {
        await exporter.WhenCoveredAsync();
        var covered = (await exporter.CoveredSinceAsync())!.Value;
        await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() > covered.AddSeconds(2), "the clock has gone on since then");
        return covered;
    }

    /// <summary>Asserts that each client is counted, or that it is told that records cannot be read and the covered stretch begins anew.</summary>
    /// <param name="covered">Since when the server was covered before they connected.</param>
    public static Task ThenCountsOrEndsCoverageAsync(this ExporterProcess exporter, IReadOnlyCollection<string> clients, DateTimeOffset covered)
    {
        return Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => !Missing(scrape).Any() || (ReadErrors(scrape) > 0 && CoveredSince(scrape) > covered.ToUnixTimeSeconds()),
            $"each of {clients.Count} clients is counted, or the covered stretch begins anew because of records that cannot be read",
            scrape => $"missing: {string.Join(", ", Missing(scrape))}; covered since {CoveredSince(scrape)}, before {covered.ToUnixTimeSeconds()}; {scrape.Health()}");

        IEnumerable<string> Missing(PrometheusText scrape) => clients.Where(client => scrape.AttemptsByClient().GetValueOrDefault(client) == 0);
    }

    private static double ReadErrors(PrometheusText scrape) => scrape.Of("smb1_audit_read_errors_total").Sum(errors => errors.Value);

    private static double CoveredSince(PrometheusText scrape) =>
        scrape.Of("smb1_audit_covered_since_timestamp_seconds") is [{ Value: var since }] ? since : 0;
}
