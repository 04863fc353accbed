using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>Servers whose smb.conf, as the exporter can read it, does not allow SMB1, and that serve it.</summary>
public sealed class OffThoughServedTests
{
    private const string AllowSmb1 = "server min protocol = NT1\n";
    private const string Variable = "SMB1_TEST_SITE";

    [Fact]
    public async Task SMB1_switched_on_by_smbds_command_line_is_served_before_any_client_came()
    {
        await using var site = new Site();
        await ThenIsServedAsync(site, new SambaServerOptions
        {
            MinProtocol = null,
            LogLevel = SambaServerOptions.Audited,
            Arguments = ["--option=server min protocol=NT1"],
        });
    }

    [Fact]
    public async Task SMB1_switched_on_in_a_file_whose_name_is_in_smbds_environment_alone_is_served()
    {
        await using var site = new Site();
        await File.WriteAllTextAsync(site["site-a.conf"], AllowSmb1, TestContext.Current.CancellationToken);
        await ThenIsServedAsync(site, new SambaServerOptions
        {
            MinProtocol = null,
            LogLevel = SambaServerOptions.Audited,
            GlobalLines = [$"include = {site.Folder}/%$({Variable}).conf"],
            Environment = new Dictionary<string, string> { [Variable] = "site-a" },
        });
    }

    [Fact]
    public async Task SMB1_switched_on_while_the_exporter_runs_is_seen_between_two_hourly_looks()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { MinProtocol = "SMB2_02", LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);
        await exporter.ThenSeesAsync(
            seen => seen is { Verdict: Verdicts.Off, Served: false, ServedAnswer: Seen.No }, "a server that refuses SMB1 is said to be off");

        await samba.ChangeConfigurationAsync("server min protocol = SMB2_02", "server min protocol = NT1");

        await exporter.ThenIsWatchedAsync();
        await exporter.ThenGivesNoAllClearAsync("SMB1 was switched on");
    }

    [Fact]
    public async Task A_second_server_with_a_configuration_of_its_own_is_asked_too_and_what_it_does_not_record_is_told()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { MinProtocol = "SMB2_02", LogLevel = SambaServerOptions.Audited });
        var second = site.Own(await SambaServer.StartAsync(
            site.Subfolder("second"), new SambaServerOptions { LogLevel = "1" }, TestContext.Current.CancellationToken));

        var exporter = await site.ExporterForSambaAsync(samba, $"--Exporter:Samba:Servers=127.0.0.1:{samba.Port},127.0.0.1:{second.Port}");

        await exporter.ThenSeesAsync(
            seen => seen is { Served: true, ServedAnswer: Seen.Yes, Audited: false, AuditedAnswer: Seen.No, Covered: 0, Verdict: "auditing_off" },
            "the second server serves SMB1, and records it nowhere where it is read");
        await exporter.ThenPageSaysAsync($"127.0.0.1:{second.Port} answered a negotiate for SMB1 alone", $"log-ons of our own at 127.0.0.1:{second.Port}");
    }

    [Fact]
    public async Task SMB1_under_another_name_of_the_server_alone_is_served()
    {
        const int NetBiosSession = 139;
        await using var site = new Site();
        await File.WriteAllTextAsync(site["oldname.conf"], AllowSmb1, TestContext.Current.CancellationToken);
        var samba = await site.SambaAsync(new SambaServerOptions
        {
            MinProtocol = null,
            LogLevel = SambaServerOptions.Audited,
            GlobalLines = ["disable netbios = no", "netbios name = NEWNAME", "netbios aliases = OLDNAME", $"include = {site.Folder}/%L.conf"],
        });
        await samba.StopAsync();
        Assert.SkipUnless(FreePorts.IsFree(NetBiosSession), $"port {NetBiosSession} is taken");
        await samba.EditConfigurationAsync($"smb ports = {samba.Port}", $"smb ports = {samba.Port} {NetBiosSession}");
        await samba.StartAgainAsync(TestContext.Current.CancellationToken);

        var exporter = await site.ExporterForSambaAsync(samba, $"--Exporter:Samba:Servers=127.0.0.1:{samba.Port},127.0.0.1:{NetBiosSession}");

        await exporter.ThenSeesAsync(seen => seen is { Served: true, ServedAnswer: Seen.Yes }, "SMB1 is served");
        await exporter.ThenGivesNoAllClearAsync("SMB1 is served under the name OLDNAME");
        await exporter.ThenPageSaysAsync("OLDNAME");
    }

    private static async Task ThenIsServedAsync(Site site, SambaServerOptions options)
    {
        var samba = await site.SambaAsync(options);

        var exporter = await site.ExporterForSambaAsync(samba);

        var seen = await exporter.ThenIsWatchedAsync();
        Assert.Equal("not_covered", seen.Verdict);
        Assert.Empty((await exporter.ScrapeAsync()).AttemptsByClient());
        Assert.DoesNotContain("There is nothing to disable", await exporter.PageAsync(), StringComparison.Ordinal);
    }
}
