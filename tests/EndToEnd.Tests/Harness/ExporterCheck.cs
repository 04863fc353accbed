using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>What "smb1-exporter check" said.</summary>
internal sealed record ExporterCheck(int ExitCode, string Output);

internal static class ExporterChecks
{
    /// <summary>Runs the check with the settings of an exporter that runs.</summary>
    public static async Task<ExporterCheck> CheckAsync(this Site site, SambaServer samba, ExporterProcess exporter)
    {
        await using var check = await ChildProcess.RunAsync(
            Programs.Exporter(Programs.PreferredBuild),
            ["check", .. ExporterArguments.ForSamba(site.Folder, samba), "--urls", exporter.Address.ToString()]);
        return new ExporterCheck(check.ExitCode, check.Output);
    }

    /// <summary>Asserts that the check, with these settings beside those that keep it to the test's folder, ends within a minute.</summary>
    public static async Task<ExporterCheck> ThenCheckEndsAsync(this Site site, params IEnumerable<string> arguments)
    {
        await using var check = ChildProcess.Start(
            Programs.Exporter(Programs.PreferredBuild),
            ["check", "--Exporter:Source=Samba", $"--Exporter:StateFile={site["exporter.db"]}", .. arguments]);
        await Then.SoonAsync(
            () => Task.FromResult(check.HasExited), ended => ended, "the check ends", _ => check.Output, within: TimeSpan.FromMinutes(1));
        return new ExporterCheck(await check.WaitForExitAsync(TimeSpan.FromSeconds(5)), check.Output);
    }
}
