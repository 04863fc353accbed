using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>Servers that refuse most clients: the exporter's own log-on proves auditing there too, and where it is not let in it claims nothing.</summary>
public sealed class LockedDownServerTests
{
    [Theory]
    [InlineData("restrict anonymous = 2", "server signing = mandatory", "map to guest = Never", "ntlm auth = disabled")]
    [InlineData("smb encrypt = required")]
    public async Task Auditing_is_proved_on_a_server_that_lets_nobody_in(params string[] lines)
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited, GlobalLines = lines });

        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);

        await exporter.ThenIsWatchedAsync();
        Assert.Empty((await exporter.ScrapeAsync()).AttemptsByClient());
    }

    [Fact]
    public async Task Auditing_is_proved_on_a_server_of_SMB3_alone_which_is_off()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { MinProtocol = "SMB3_11", LogLevel = SambaServerOptions.Audited });

        var exporter = await site.ExporterForSambaAsync(samba);

        await exporter.ThenSeesAsync(
            seen => seen is { Verdict: Verdicts.Off, ServedAnswer: Seen.No, AuditedAnswer: Seen.Yes, Covered: 0 }, "SMB1 is off, and who came would be recorded");
    }

    [Fact]
    public async Task Of_a_server_that_hangs_up_on_this_machine_nothing_is_claimed()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions
        {
            MinProtocol = null,
            LogLevel = SambaServerOptions.Audited,
            GlobalLines = ["hosts allow = 192.0.2.1", "hosts deny = 127.", "interfaces = 127.0.0.1/8"],
        });

        var exporter = await site.ExporterForSambaAsync(samba);

        await exporter.ThenPageSaysAsync($"127.0.0.1:{samba.Port} could not be asked", "not proved");
        await exporter.ThenSeesAsync(seen => seen is { Verdict: "unknown", Audited: null, Covered: 0 }, "it is not said that SMB1 is off");
    }
}
