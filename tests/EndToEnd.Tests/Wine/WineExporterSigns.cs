using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>What can be seen of the exporter from outside.</summary>
internal static class WineExporterSigns
{
    public const string Auditing = "smb1_auditing_enabled";
    public const string CoveredSince = "smb1_audit_covered_since_timestamp_seconds";

    public static double Gaps(this PrometheusText scrape) => scrape.ValueOf("smb1_audit_gaps_total");

    public static double Rejections(this PrometheusText scrape) => scrape.ValueOf("smb1_rejected_connections_total");

    public static bool SourceIsUp(this PrometheusText scrape) => scrape.Of("smb1_audit_source_up") is [{ Value: 1 }];

    public static bool SourceIsDown(this PrometheusText scrape) => scrape.Of("smb1_audit_source_up") is [{ Value: 0 }];

    public static double ReadErrors(this PrometheusText scrape, string reason) =>
        scrape.Of("smb1_audit_read_errors_total").Single(sample => sample["reason"] == reason).Value;

    public static double Attempts(this PrometheusText scrape, string client) => scrape.AttemptsByClient().GetValueOrDefault(client);

    /// <summary>Waits until the exporter has logged a text, as part of one line that nothing breaks.</summary>
    public static async Task WhenLoggedAsync(this ExporterProcess exporter, string text)
    {
        var output = await Eventually.GetAsync(
            () => Task.FromResult(exporter.Process.Output),
            output => output.Contains(text, StringComparison.Ordinal),
            $"the log says: {text}",
            TimeSpan.FromSeconds(90));
        var line = output.Split('\n').First(line => line.Contains(text, StringComparison.Ordinal));
        Assert.DoesNotContain(line, char.IsControl);
    }

    /// <summary>Expects that nothing counts as covered.</summary>
    public static Task WhenNothingIsCoveredAsync(this ExporterProcess exporter) =>
        exporter.WhenAsync(scrape => scrape.ValueOf("smb1_covered_seconds") == 0, "nothing is covered");

    /// <summary>Ends it as a power cut does: no code of it runs any more.</summary>
    public static async Task KillAsync(this ExporterProcess exporter)
    {
        exporter.Process.Kill();
        await exporter.Process.WaitForExitAsync(TimeSpan.FromSeconds(30));
    }
}
