using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Servers whose configuration, state or records look as if SMB1 could be switched off, while it is in use or nobody has watched.</summary>
public sealed class FalseAllClearTests
{
    private const string ReadyAfterADay = "--Exporter:ReadyAfter=1.00:00:00";

    [FieldFact("Fmstrat/samba-domain#5, alubbock/samba-docker#2: Samba in a container, its log followed by an exporter on the host")]
    public async Task The_hosts_own_smb_conf_does_not_hide_the_SMB1_sessions_of_a_container()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/testparm"), "smb.conf is read with testparm of the Debian package samba-common-bin");
        await using var site = new Site();
        await File.WriteAllTextAsync(site["smb.conf"], FieldSample.Read("smb.conf-as-delivered"), TestContext.Current.CancellationToken);
        var log = new AuditLogWriter(site["audit.log"], TimeProvider.System);
        log.WriteConnection("10.7.0.81", 41001);

        var exporter = await site.ExporterForLogAsync(log.Path, $"--Exporter:Samba:ConfigFile={site["smb.conf"]}");
        await exporter.WhenAsync(scrape => scrape.Of("smb1_server_enabled").Count > 0, "the configuration has been looked at");
        log.WriteConnection("10.7.0.81", 41002);
        await exporter.WhenCountedAsync("10.7.0.81", 2);

        await exporter.ThenGivesNoAllClearAsync("SMB1 sessions are recorded this minute");
        Assert.DoesNotContain("There is nothing to disable", await exporter.Http.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [FieldFact("crazy-max/docker-samba#55: smbd -F --option='server min protocol=NT1'")]
    public async Task SMB1_switched_on_by_smbds_command_line_is_not_called_off()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { MinProtocol = null, Arguments = ["--option=server min protocol=NT1"] });

        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();
        await SmbClient.ConnectAsync(samba, "NT1");
        await exporter.WhenCountedAsync("127.0.0.1", 1);

        await exporter.ThenGivesNoAllClearAsync("an SMB1 session was served just now");
    }

    [FieldFact("machine controllers, and Linux mounts with vers=1.0, which stay connected for months")]
    public async Task A_session_that_was_open_before_auditing_began_keeps_the_server_from_being_ready()
    {
        await using var site = new Site();
        var clock = new Clock(site["clock"]);
        var samba = await site.SambaAsync(new SambaServerOptions { GlobalLines = ["read only = no"] });
        var session = site.Own(await OpenSmbSession.StartAsync(samba));
        await WatchOnceAsync();

        clock.Set(TimeSpan.FromDays(2));
        var exporter = await StartExporterAsync();
        await exporter.WhenAuditingAsync();
        await session.WriteFileAsync();

        await exporter.ThenGivesNoAllClearAsync("an SMB1 session is open, and wrote a file just now");
        await exporter.ThenCountsAsync("127.0.0.1", 1);

        Task<ExporterProcess> StartExporterAsync() => site.ExporterAsync(
            clock.Environment, [.. ExporterArguments.ForSamba(site.Folder, samba), ReadyAfterADay]);

        async Task WatchOnceAsync()
        {
            var first = await StartExporterAsync();
            await first.WhenAsync(scrape => scrape.ValueOf("smb1_covered_seconds") >= 1, "the server is covered");
            await first.EndAsync();
        }
    }

    [FieldFact("wazuh#15565, beats#19741, netdata#21527, netdata#3545: templates of virtual machines in which an agent has run")]
    public async Task A_clone_of_a_watched_machine_is_not_ready_for_what_was_watched_on_the_template()
    {
        await using var site = new Site();
        var clock = new Clock(site["clock"]);
        var samba = await site.SambaAsync();
        var template = await StartExporterOnAsync("template");
        await template.WhenCoveredAsync();
        await SmbClient.ConnectAsync(samba, "NT1");
        await template.WhenCountedAsync("127.0.0.1", 1);
        await template.EndAsync();

        clock.Set(TimeSpan.FromDays(2));
        var clone = await StartExporterOnAsync("fs07");
        await clone.WhenAsync(
            scrape => scrape.Of("smb1_auditing_enabled") is [{ Value: 1 } enabled] && enabled["host_name"] == "fs07",
            "auditing is on, and the clone has its own name");

        await clone.ThenGivesNoAllClearAsync("the clone was switched on seconds ago");
        Assert.DoesNotContain("127.0.0.1", (await clone.ScrapeAsync()).AttemptsByClient().Keys);

        async Task<ExporterProcess> StartExporterOnAsync(string name)
        {
            var machine = await Machine.CreateAsync(site.Folder, name);
            string[] arguments = [.. ExporterArguments.ForSamba(site.Folder, samba), "--Exporter:HostName=", "--Exporter:ResolveNames=false", ReadyAfterADay];
            return site.Own(await ExporterProcess.StartAsync(port => machine.Start(
                Programs.Exporter(Programs.PreferredBuild), [.. arguments, "--urls", $"http://127.0.0.1:{port}"], clock.Environment)));
        }
    }
}
