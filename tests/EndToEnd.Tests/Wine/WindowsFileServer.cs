using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>A Windows file server of stand-ins, which serves SMB1 and does not audit it, and whose event log is empty.</summary>
internal sealed class WindowsFileServer : IDisposable
{
    public const string Auditing = "smb1_auditing_enabled";
    public const string CoveredSince = "smb1_audit_covered_since_timestamp_seconds";

    private readonly WinePrefix _wine;
    private readonly TemporaryFolder _folder = new();

    private WindowsFileServer(WinePrefix wine, string fault)
    {
        _wine = wine;
        Smb = new StandInSmbServer(_folder.Path, fault);
        foreach (var channel in new[] { "Audit", "Operational" })
        {
            File.WriteAllText(_folder[$"Microsoft-Windows-SMBServer_{channel}.channel"], "enabled=1\ngeneration=1\n\n");
        }
    }

    public string Folder => _folder.Path;

    public StandInSmbServer Smb { get; }

    public static async Task<WindowsFileServer> CreateAsync(WinePrefix wine, string fault = "none")
    {
        await wine.ReadyAsync();
        return new WindowsFileServer(wine, fault);
    }

    public Task<ExporterProcess> StartAsync(params IEnumerable<string> arguments) =>
        WineExporter.StartAsync(_wine, _folder.Path, arguments);

    /// <summary>Runs <c>smb1-exporter check</c>, which must find a fault.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> FaultsAsync(params IEnumerable<string> arguments)
    {
        await using var check = await WineExporter.CheckAsync(_wine, _folder.Path, arguments);
        Assert.True(check.ExitCode == 1, check.Output);
        return check.StandardOutput;
    }

    /// <summary>Runs <c>smb1-exporter check</c>, which must find no fault.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> NoFaultAsync()
    {
        await using var check = await WineExporter.CheckAsync(_wine, _folder.Path);
        Assert.True(check.ExitCode == 0, check.Output);
        return check.StandardOutput;
    }

    /// <summary>Waits until the exporter has logged a text on SMB1's auditing, as one line that nothing breaks.</summary>
    public static async Task WhenToldAsync(ExporterProcess exporter, string text)
    {
        var output = await Eventually.GetAsync(
            () => Task.FromResult(exporter.Process.Output),
            output => output.Contains(text, StringComparison.Ordinal),
            $"the log says: {text}",
            TimeSpan.FromSeconds(90));
        var line = output.Split('\n').First(line => line.Contains(text, StringComparison.Ordinal));
        Assert.DoesNotContain(line, char.IsControl);
    }

    /// <summary>Expects that nothing counts as covered: the start of what is covered moves on with the clock.</summary>
    public static async Task ExpectNothingCoveredAsync(ExporterProcess exporter)
    {
        var seen = (await exporter.ScrapeAsync()).ValueOf(CoveredSince);
        await exporter.WhenAsync(scrape => scrape.ValueOf(CoveredSince) > seen, "nothing is covered");
    }

    public void Dispose() => _folder.Dispose();
}
