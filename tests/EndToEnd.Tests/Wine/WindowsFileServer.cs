using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>A Windows file server of stand-ins, which serves SMB1 and whose event log is empty; with the state of the exporter that looks after it.</summary>
internal sealed class WindowsFileServer : IDisposable
{
    private readonly WinePrefix _wine;
    private readonly TemporaryFolder _folder = new();

    private WindowsFileServer(WinePrefix wine, string fault)
    {
        _wine = wine;
        Smb = new StandInSmbServer(_folder.Path, fault);
        Audit = new StandInEventLog(_folder.Path, "Audit");
        Operational = new StandInEventLog(_folder.Path, "Operational");
    }

    public string Folder => _folder.Path;

    public StandInSmbServer Smb { get; }

    public StandInEventLog Audit { get; }

    public StandInEventLog Operational { get; }

    /// <summary>One that does not audit SMB1 yet.</summary>
    public static async Task<WindowsFileServer> CreateAsync(WinePrefix wine, string fault = "none")
    {
        await wine.ReadyAsync();
        return new WindowsFileServer(wine, fault);
    }

    /// <summary>One on which auditing is on already.</summary>
    public static async Task<WindowsFileServer> CreateAuditedAsync(WinePrefix wine)
    {
        var server = await CreateAsync(wine);
        server.Smb.IsAudited = true;
        return server;
    }

    public Task<ExporterProcess> StartAsync(params IEnumerable<string> arguments) =>
        WineExporter.StartAsync(_wine, _folder.Path, arguments);

    /// <summary>Starts the exporter where it does not come to serving; returns once it has ended.</summary>
    public Task<ChildProcess> FailToStartAsync() => _wine.RunAsync(
        [WinePrefix.Exporter, $"--Exporter:StateFile={WinePrefix.WindowsPath(_folder["state.db"])}", "--urls", "http://127.0.0.1:0"], _folder.Path);

    /// <summary>Runs <c>smb1-exporter check</c>, which must find a fault.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> FaultsAsync(params IEnumerable<string> arguments) => CheckAsync(1, arguments);

    /// <summary>Runs <c>smb1-exporter check</c>, which must find no fault.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> NoFaultAsync() => CheckAsync(0, []);

    public void Dispose() => _folder.Dispose();

    private async Task<string> CheckAsync(int exitCode, IEnumerable<string> arguments)
    {
        await using var check = await WineExporter.CheckAsync(_wine, _folder.Path, arguments);
        Assert.True(check.ExitCode == exitCode, check.Output);
        return check.StandardOutput;
    }
}
