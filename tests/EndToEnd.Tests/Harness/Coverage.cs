using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>For how long, and since when, the exporter calls the server covered.</summary>
internal static class Coverage
{
    private const string CoveredSeconds = "smb1_covered_seconds";
    private const string QuietSeconds = "smb1_quiet_seconds";

    /// <summary>Null while nothing is covered.</summary>
    public static async Task<DateTimeOffset?> CoveredSinceAsync(this ExporterProcess exporter) =>
        (await exporter.ScrapeAsync()).Of("smb1_audit_covered_since_timestamp_seconds") is [{ Value: > 0 } since]
            ? DateTimeOffset.FromUnixTimeSeconds((long)since.Value)
            : null;

    /// <summary>Waits until auditing is on and the server has been watched for a moment, with nothing seen in it.</summary>
    public static async Task WhenCoveredAsync(this ExporterProcess exporter)
    {
        await exporter.WhenAuditingAsync();
        await exporter.WhenAsync(scrape => scrape.ValueOf(QuietSeconds) >= 1, "the server is covered");
    }

    /// <summary>Asserts that each client is counted, or that it is told that records cannot be read, and the quiet time ended.</summary>
    public static Task ThenCountsOrEndsQuietAsync(this ExporterProcess exporter, IReadOnlyCollection<string> clients)
    {
        return Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => !Missing(scrape).Any() || (ReadErrors(scrape) > 0 && scrape.ValueOf(QuietSeconds) < scrape.ValueOf(CoveredSeconds)),
            $"each of {clients.Count} clients is counted, or the quiet time ends because of records that cannot be read",
            scrape => $"missing: {string.Join(", ", Missing(scrape))}; covered {scrape.ValueOf(CoveredSeconds)} s, quiet {scrape.ValueOf(QuietSeconds)} s; {scrape.Health()}");

        IEnumerable<string> Missing(PrometheusText scrape) => clients.Where(client => scrape.AttemptsByClient().GetValueOrDefault(client) == 0);
    }

    private static double ReadErrors(PrometheusText scrape) => scrape.Of("smb1_audit_read_errors_total").Sum(errors => errors.Value);
}
