using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>An smbd that does not answer says neither that SMB1 is off nor that it is audited.</summary>
public sealed class StoppedServerTests
{
    private const string Unknown = "unknown";

    [Theory]
    [InlineData("SMB2_02", "smb1_off")]
    [InlineData("NT1", "not_covered")]
    public async Task Of_an_smbd_that_was_stopped_nothing_is_said_before_it_runs_again(string minProtocol, string verdict)
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { MinProtocol = minProtocol, LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);
        await exporter.ThenSeesAsync(seen => seen.Verdict == verdict && seen is { AuditedAnswer: Seen.Yes, Audited: true }, "what is so is proved");

        await samba.StopAsync();

        await exporter.ThenSeesAsync(
            seen => seen is { Verdict: Unknown, Audited: null, ServedAnswer: not (Seen.Yes or Seen.No), AuditedAnswer: not (Seen.Yes or Seen.No) },
            "nothing is said of a server that does not answer");
        await exporter.ThenPageSaysAsync($"127.0.0.1:{samba.Port} could not be asked", "not proved", "Not known");

        await samba.StartAgainAsync(TestContext.Current.CancellationToken);

        await exporter.ThenSeesAsync(
            seen => seen.Verdict == verdict && seen is { AuditedAnswer: Seen.Yes, Audited: true }, "what is so is proved once more", within: TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Of_an_smbd_that_hangs_nothing_is_said_before_it_goes_on()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { MinProtocol = "SMB2_02", LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);
        await exporter.ThenSeesAsync(seen => seen is { Verdict: Verdicts.Off, AuditedAnswer: Seen.Yes }, "what is so is proved");

        await SignalAsync(samba, "STOP");
        await exporter.ThenSeesAsync(seen => seen is { Verdict: Unknown, Audited: null }, "nothing is said of a server that does not answer");

        await SignalAsync(samba, "CONT");
        await exporter.ThenSeesAsync(seen => seen is { Verdict: Verdicts.Off, AuditedAnswer: Seen.Yes }, "what is so is proved once more");
    }

    private static async Task SignalAsync(SambaServer samba, string signal)
    {
        await using var kill = await ChildProcess.RunAsync("kill", ["-s", signal, $"{samba.ProcessId}"]);
        Assert.True(kill.ExitCode == 0, kill.Output);
    }
}
