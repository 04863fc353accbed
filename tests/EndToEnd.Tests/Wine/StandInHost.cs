using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>A Windows file server of stand-ins, with SMB1 and its auditing on: what the exporter is pointed at, and its state.</summary>
internal sealed class StandInHost : IDisposable
{
    private readonly WinePrefix _wine;
    private readonly TemporaryFolder _folder = new();

    private StandInHost(WinePrefix wine)
    {
        _wine = wine;
        Audit = new StandInEventLog(_folder.Path, "Audit");
        Operational = new StandInEventLog(_folder.Path, "Operational");
        _ = new StandInSmbServer(_folder.Path) { IsAudited = true };
    }

    public StandInEventLog Audit { get; }

    public StandInEventLog Operational { get; }

    public static async Task<StandInHost> CreateAsync(WinePrefix wine)
    {
        await wine.ReadyAsync();
        return new StandInHost(wine);
    }

    public Task<ExporterProcess> StartAsync(params IEnumerable<string> arguments) =>
        WineExporter.StartAsync(_wine, _folder.Path, arguments);

    /// <summary>Starts the exporter where it does not come to serving; returns once it has ended.</summary>
    public async Task<ChildProcess> FailToStartAsync()
    {
        var stateFile = WinePrefix.WindowsPath(_folder["state.db"]);
        return await _wine.RunAsync(
            [WinePrefix.Exporter, $"--Exporter:StateFile={stateFile}", "--urls", "http://127.0.0.1:0"], _folder.Path);
    }

    /// <summary>Runs <c>smb1-exporter check</c>, which must print the text and end with the code.</summary>
    public async Task CheckSaysAsync(string text, int exitCode)
    {
        await using var check = await WineExporter.CheckAsync(_wine, _folder.Path);
        Assert.Contains(text, check.StandardOutput, StringComparison.Ordinal);
        Assert.True(check.ExitCode == exitCode, check.Output);
    }

    public void Dispose() => _folder.Dispose();
}

internal static class StandInHostScrapes
{
    public static double Gaps(this PrometheusText scrape) => scrape.ValueOf("smb1_audit_gaps_total");

    public static double Rejections(this PrometheusText scrape) => scrape.ValueOf("smb1_rejected_connections_total");

    public static bool SourceIsUp(this PrometheusText scrape) => scrape.Of("smb1_audit_source_up") is [{ Value: 1 }];

    public static bool SourceIsDown(this PrometheusText scrape) => scrape.Of("smb1_audit_source_up") is [{ Value: 0 }];

    public static double ReadErrors(this PrometheusText scrape, string reason) =>
        scrape.Of("smb1_audit_read_errors_total").Single(sample => sample["reason"] == reason).Value;

    public static double Attempts(this PrometheusText scrape, string client) => scrape.AttemptsByClient().GetValueOrDefault(client);

    /// <summary>Waits until the exporter has logged a text.</summary>
    public static Task WhenLoggedAsync(this ExporterProcess exporter, string text) =>
        Eventually.GetAsync(
            () => Task.FromResult(exporter.Process.Output),
            output => output.Contains(text, StringComparison.Ordinal),
            $"the log says: {text}");

    /// <summary>Ends it as a power cut does: no code of it runs any more.</summary>
    public static async Task KillAsync(this ExporterProcess exporter)
    {
        exporter.Process.Kill();
        await exporter.Process.WaitForExitAsync(TimeSpan.FromSeconds(30));
    }
}
