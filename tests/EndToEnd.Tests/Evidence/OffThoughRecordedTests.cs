using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>Servers that record each session, although their configuration, or the programs that read it, say something else or nothing.</summary>
public sealed class OffThoughRecordedTests
{
    private const string Client = "127.0.0.7";
    private const string LooksAllTheTime = "--Exporter:AuditingCheckInterval=00:00:02";

    [Fact]
    public async Task A_debug_level_that_somebody_set_for_a_moment_does_not_undo_auditing()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime, LooksAllTheTime);
        await exporter.ThenIsWatchedAsync();

        await samba.TellAsync("debug", "0");

        await ThenGoesOnAsync(samba, exporter);
    }

    [Fact]
    public async Task Auditing_in_an_included_file_is_on_and_smb_conf_is_left_alone()
    {
        await using var site = new Site();
        var audited = SambaServerOptions.Audited.Replace("{AuditLog}", Path.Combine(site["samba"], "auth_audit.log"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(site["audit.conf"], $"log level = {audited}\n", TestContext.Current.CancellationToken);
        await ThenIsWatchedAsync(site, new SambaServerOptions { GlobalLines = [$"include = {site["audit.conf"]}"] });
    }

    [Fact]
    public async Task Auditing_into_a_log_that_is_a_symbolic_link_is_on()
    {
        await using var site = new Site();
        var real = Path.Combine(site.Subfolder("elsewhere"), "real.log");
        await File.WriteAllTextAsync(real, "", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(site["linked.log"], real);
        await ThenIsWatchedAsync(site, new SambaServerOptions { LogLevel = SambaServerOptions.Audited, AuditLog = site["linked.log"] });
    }

    [Fact]
    public async Task Auditing_into_a_general_log_whose_name_stands_in_quotes_is_on()
    {
        await using var site = new Site();
        var log = Path.Combine(site.Subfolder("samba"), "log.smbd");
        await ThenIsWatchedAsync(site, new SambaServerOptions { LogLevel = "1 auth_json_audit:5", AuditLog = log, GlobalLines = [$"log file = \"{log}\""] });
    }

    [Fact]
    public async Task Auditing_into_a_folder_that_smbds_command_line_names_is_on_although_a_setting_names_another()
    {
        await using var site = new Site();
        await ThenIsWatchedAsync(site, new SambaServerOptions
        {
            LogLevel = "1 auth_json_audit:5",
            AuditLog = Path.Combine(site["samba"], "log.smbd"),
            Arguments = ["-l", site.Subfolder("elsewhere")],
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("echo 'Unknown parameter encountered' >&2; exit 1")]
    public async Task Auditing_is_on_without_the_help_of_testparm(string? testparm)
    {
        await using var site = new Site();
        var tools = site.Subfolder("tools");
        foreach (var tool in new[] { "/usr/bin/smbcontrol", "/usr/bin/smbstatus", "/usr/sbin/smbd" })
        {
            File.CreateSymbolicLink(Path.Combine(tools, Path.GetFileName(tool)), tool);
        }

        if (testparm is not null)
        {
            var program = Path.Combine(tools, "testparm");
            await File.WriteAllTextAsync(program, $"#!/bin/sh\n{testparm}\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterAsync(
            new Dictionary<string, string?> { ["PATH"] = tools },
            [.. ExporterArguments.ForSamba(site.Folder, samba), EvidenceSteps.AsksAllTheTime, LooksAllTheTime]);

        await ThenGoesOnAsync(samba, exporter);
    }

    [Fact]
    public async Task Without_roots_rights_it_is_proved_what_can_be_and_told_what_cannot_be_known()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        await SmbClient.ConnectAsync(samba, "NT1", "127.0.0.8");
        var account = await ServiceAccount.CreateAsync(site);
        var exporter = site.Own(await ExporterProcess.StartAsync(port => account.Start(
        [
            .. ExporterArguments.ForSamba(account.Folder, samba), EvidenceSteps.AsksAllTheTime, LooksAllTheTime, "--Exporter:ResolveNames=false",
            "--urls", $"http://127.0.0.1:{port}",
        ])));

        await ThenGoesOnAsync(samba, exporter);
        await exporter.ThenSeesAsync(seen => seen.Sessions is not (Seen.None or Seen.Yes), "nobody claims to know which sessions are open");
        await exporter.ThenPageSaysAsync("root", "not known");
    }

    private static async Task ThenIsWatchedAsync(Site site, SambaServerOptions options)
    {
        var samba = await site.SambaAsync(options);
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime, LooksAllTheTime);

        await ThenGoesOnAsync(samba, exporter);
    }

    /// <summary>Over some looks at the configuration: it is covered, smb.conf stays as it is, and who connects is counted.</summary>
    private static async Task ThenGoesOnAsync(SambaServer samba, ExporterProcess exporter)
    {
        var before = await File.ReadAllBytesAsync(samba.ConfigFile, TestContext.Current.CancellationToken);
        var first = await exporter.ThenIsWatchedAsync();
        var second = await exporter.WhenAnsweredAgainAsync(first);
        var seen = await exporter.ThenSeesAsync(
            seen => string.CompareOrdinal(seen.AuditedAt, second.AuditedAt) > 0 && seen.Covered > first.Covered && seen is { Served: true, Audited: true },
            "it goes on to be covered");
        Assert.True(seen.Verdict is "not_covered" or "attempts", seen.ToString());

        await SmbClient.ConnectAsync(samba, "NT1", Client);
        await exporter.ThenCountsAsync(Client, 1);
        Assert.Equal(before, await File.ReadAllBytesAsync(samba.ConfigFile, TestContext.Current.CancellationToken));
    }
}
