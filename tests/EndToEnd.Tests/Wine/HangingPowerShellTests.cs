using System.Text;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>A class of its own: it takes the exporter's whole time limit, and runs beside the others meanwhile.</summary>
public sealed class HangingPowerShellTests(WinePrefix wine)
{
    [Fact]
    public async Task A_powershell_that_hangs_is_ended_after_a_minute_and_told_with_the_remedy()
    {
        using var server = await WindowsFileServer.CreateAsync(wine, "hang");
        await using var exporter = await server.StartAsync();
        var check = server.FaultsAsync();
        await Eventually.TrueAsync(() => PowerShells(server.Folder) == 2, "exporter and check have each run PowerShell");

        // Meanwhile it answers.
        Assert.Empty((await exporter.ScrapeAsync()).Of(WineExporterSigns.Auditing));

        await exporter.WhenLoggedAsync("did not end within 60 s and was stopped. Usually WMI hangs");
        await exporter.WhenLoggedAsync("restart the service Winmgmt if it does not.");
        Assert.Contains("did not end within 60 s and was stopped. Usually WMI hangs", await check, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => PowerShells(server.Folder) == 0, "no PowerShell is left");
        await exporter.WhenNothingIsCoveredAsync();
    }

    [Fact]
    public async Task A_powershell_that_hangs_holds_up_no_stop_and_is_not_left_behind()
    {
        using var server = await WindowsFileServer.CreateAsync(wine, "hang");
        await using var exporter = await server.StartAsync();
        await Eventually.TrueAsync(() => PowerShells(server.Folder) == 1, "PowerShell runs");

        exporter.Process.Interrupt();

        Assert.Equal(0, await exporter.Process.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        await Eventually.TrueAsync(() => PowerShells(server.Folder) == 0, "no PowerShell is left");
    }

    /// <summary>How many run for the programs that read the stand-ins in <paramref name="folder"/>.</summary>
    private static int PowerShells(string folder) => Directory.EnumerateDirectories("/proc").Count(process =>
        Holds(process, "cmdline", @"\powershell.exe") && Holds(process, "environ", WinePrefix.WindowsPath(folder) + '\0'));

    private static bool Holds(string process, string file, string text)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(process, file))).Contains(text, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No process, or it ended meanwhile, or it is somebody else's.
            return false;
        }
    }
}
