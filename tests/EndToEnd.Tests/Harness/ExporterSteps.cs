using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>Further steps of a test with an exporter.</summary>
internal static class ExporterSteps
{
    /// <summary>Asserts that auditing comes to be on.</summary>
    public static Task<PrometheusText> ThenAuditsAsync(this ExporterProcess exporter) => Then.SoonAsync(
        exporter.ScrapeAsync, scrape => scrape.Of("smb1_auditing_enabled") is [{ Value: 1 }], "auditing is on", _ => exporter.Process.Output);

    /// <summary>Stops it as a service manager does; its state stays.</summary>
    public static async Task EndAsync(this ExporterProcess exporter)
    {
        exporter.Process.Terminate();
        await exporter.Process.WaitForExitAsync(TimeSpan.FromSeconds(30));
    }
}
