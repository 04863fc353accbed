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
}
