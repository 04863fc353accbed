namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>What the exporter says of switching SMB1 off, as a person reads it.</summary>
internal static class Verdicts
{
    public const string Off = "smb1_off";
    public const string Ready = "ready";

    /// <summary>The word that the running exporter's report has for its verdict.</summary>
    public static async Task<string> VerdictAsync(this ExporterProcess exporter)
    {
        var report = await exporter.Http.GetStringAsync("/report.csv");
        return report.Split('\n')
            .Single(line => line.StartsWith("verdict,verdict,", StringComparison.Ordinal))
            .Split(',')[2];
    }

    /// <summary>Asserts that a person is not told that SMB1 can be switched off, or is off already.</summary>
    /// <param name="because">What is known to be in its way, in words.</param>
    public static Task ThenGivesNoAllClearAsync(this ExporterProcess exporter, string because) => Then.SoonAsync(
        exporter.VerdictAsync, verdict => verdict is not (Off or Ready), $"{because}: there is no all-clear", verdict => $"the verdict \"{verdict}\"");
}
