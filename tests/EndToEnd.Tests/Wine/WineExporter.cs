using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>The exporter that is shipped for Windows, under Wine.</summary>
internal static class WineExporter
{
    /// <summary>Starts it on a free port and waits until it answers.</summary>
    /// <param name="wine">Ready.</param>
    /// <param name="folder">Holds its state file, and what the stand-ins read.</param>
    /// <param name="arguments">Further settings.</param>
    public static Task<ExporterProcess> StartAsync(WinePrefix wine, string folder, params IEnumerable<string> arguments) =>
        ExporterProcess.StartAsync(port => wine.Start(
            [WinePrefix.Exporter, .. Common(folder), .. arguments, "--urls", $"http://127.0.0.1:{port}"], folder));

    /// <summary>Runs <c>smb1-exporter check</c>.</summary>
    public static Task<ChildProcess> CheckAsync(WinePrefix wine, string folder, params IEnumerable<string> arguments) =>
        wine.RunAsync([WinePrefix.Exporter, "check", .. Common(folder), .. arguments], folder);

    private static string[] Common(string folder) =>
    [
        $"--Exporter:StateFile={WinePrefix.WindowsPath(Path.Combine(folder, "state.db"))}",
        $"--Exporter:Customer={ExporterArguments.Customer}",
        $"--Exporter:HostName={ExporterArguments.HostName}",
        "--Exporter:BirthHold=00:00:00",
    ];
}
