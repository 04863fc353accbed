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

    /// <summary>The exporter makes the folder of its state itself.</summary>
    private string[] Settings =>
    [
        $"--Exporter:StateFile={WinePrefix.WindowsPath(Path.Combine(_folder["state"], "state.db"))}",
        $"--Exporter:Customer={ExporterArguments.Customer}",
        $"--Exporter:HostName={ExporterArguments.HostName}",
        "--Exporter:BirthHold=00:00:00",
    ];

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

    /// <summary>Starts the exporter on a free port and waits until it answers.</summary>
    public Task<ExporterProcess> StartAsync(params IEnumerable<string> arguments) => ExporterProcess.StartAsync(
        port => _wine.Start([WinePrefix.Exporter, .. Settings, .. arguments, "--urls", $"http://127.0.0.1:{port}"], _folder.Path));

    /// <summary>Starts the exporter where it does not come to serving; returns once it has ended.</summary>
    public Task<ChildProcess> FailToStartAsync() =>
        _wine.RunAsync([WinePrefix.Exporter, .. Settings, "--urls", "http://127.0.0.1:0"], _folder.Path);

    /// <summary>Runs <c>smb1-exporter check</c>, which must find a fault.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> FaultsAsync(params IEnumerable<string> arguments) => CheckAsync(1, arguments);

    /// <summary>Runs <c>smb1-exporter check</c>, which must find no fault.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> NoFaultAsync() => CheckAsync(0, []);

    public void Dispose() => _folder.Dispose();

    private async Task<string> CheckAsync(int exitCode, IEnumerable<string> arguments)
    {
        // Twice the time that it waits for PowerShell at the most.
        await using var check = await _wine.RunAsync(
            [WinePrefix.Exporter, "check", .. Settings, .. arguments], _folder.Path, TimeSpan.FromMinutes(3));
        Assert.True(check.ExitCode == exitCode, check.Output);
        return check.StandardOutput;
    }
}
