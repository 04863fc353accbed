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
}
