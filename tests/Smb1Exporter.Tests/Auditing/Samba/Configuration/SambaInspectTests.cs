using System.Diagnostics;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>What the switch reads from a real Samba.</summary>
public sealed class SambaInspectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_with_SMB1_and_an_audit_of_its_own_is_on()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });

        var state = await host.Auditing().InspectAsync(Token);

        Assert.Equal((true, true), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Contains("server min protocol = NT1", state.Detail, StringComparison.Ordinal);
        Assert.Contains(host.Server.AuditLog, state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_SMB1_and_without_audit_is_off()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { MinProtocol = "SMB2_02" });

        var state = await host.Auditing().InspectAsync(Token);

        Assert.Equal((false, false), (state.ServerEnabled, state.AuditingEnabled));
        Assert.NotEqual(0, (await host.Server.ConnectSmb1Async(Token)).ExitCode);
    }

    [Theory]
    [InlineData("server min protocol = LANMAN1", true, "SMB1 is served")]
    [InlineData("min protocol = CORE", true, "SMB1 is served")]
    [InlineData("server min protocol = default", true, "SMB1 is served")]
    [InlineData("server min protocol = SMB3", false, "SMB1 is not served")]
    [InlineData("server max protocol = NT1", true, "Only SMB1 is served")]
    [InlineData("server min protocol = SMB2\nserver max protocol = NT1", false, "Nothing is served")]
    public async Task Whether_SMB1_is_served_follows_the_protocols_in_smb_conf(string line, bool served, string says)
    {
        await using var host = await SambaHost.StartAsync();
        host.AddToGlobal(line);

        var state = await host.Auditing().InspectAsync(Token);

        Assert.Equal(served, state.ServerEnabled);
        Assert.StartsWith(says, state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_level_that_only_the_running_smbd_has_is_off_because_connections_lose_it()
    {
        await using var host = await SambaHost.StartAsync();
        using (var smbcontrol = Process.Start("smbcontrol", ["-s", host.Server.ConfigFile, "smbd", "debug", "0 auth_json_audit:5"]))
        {
            await smbcontrol.WaitForExitAsync(Token);
        }

        await Eventually.GetAsync(host.GetLevelInForceAsync, level => level == 5, "level in force");

        Assert.False((await host.Auditing().InspectAsync(Token)).AuditingEnabled);
    }

    [Fact]
    public async Task A_level_that_smbd_has_not_taken_over_is_off()
    {
        await using var host = await SambaHost.StartAsync();
        host.AddToGlobal($"log level = 1 auth_json_audit:5@{host.Server.AuditLog}");

        var state = await host.Auditing().InspectAsync(Token);

        Assert.False(state.AuditingEnabled);
        Assert.Contains("smbd runs with 0", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Level_3_is_not_enough()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:3@{AuditLog}" });

        var state = await host.Auditing().InspectAsync(Token);

        Assert.False(state.AuditingEnabled);
        Assert.Contains("level 3", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_that_go_to_another_file_than_the_one_read_are_off_with_both_named()
    {
        await using var host = await SambaHost.StartAsync(
            new SambaServerOptions { LogLevel = SambaServerOptions.Audited }, folder => $"{folder}/other.log");

        var state = await host.Auditing().InspectAsync(Token);
        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.False(state.AuditingEnabled);
        Assert.False(outcome.Enabled);
        Assert.All([state.Detail, outcome.Detail], detail =>
        {
            Assert.Contains(host.Server.AuditLog, detail, StringComparison.Ordinal);
            Assert.Contains(host.Options.AuditLog, detail, StringComparison.Ordinal);
            Assert.Contains("Exporter:Samba:AuditLog", detail, StringComparison.Ordinal);
        });
        Assert.DoesNotContain("other.log", host.ReadConfig(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_smbd_could_not_open_is_off()
    {
        await using var host = await SambaHost.StartAsync(
            new SambaServerOptions { LogLevel = "1 auth_json_audit:5@/nonexistent/audit.log" }, _ => "");

        var state = await host.Auditing().InspectAsync(Token);

        Assert.False(state.AuditingEnabled);
        Assert.Contains("the directory /nonexistent of the audit log does not exist", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_smbd_that_logs_to_standard_output_is_off()
    {
        await using var host = await SambaHost.StartAsync(
            new SambaServerOptions { LogLevel = SambaServerOptions.Audited, Arguments = ["--debug-stdout"] });

        var state = await host.Auditing().InspectAsync(Token);

        Assert.False(state.AuditingEnabled);
        Assert.Contains("--debug-stdout", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_was_just_rotated_away_is_still_on()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        File.Move(host.Server.AuditLog, host.Server.AuditLog + ".1");

        Assert.True((await host.Auditing().InspectAsync(Token)).AuditingEnabled);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("1 auth_json_audit:5")]
    public async Task Audit_in_the_general_log_is_on_and_that_log_is_followed(string level)
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = level }, _ => "");

        Assert.True((await host.Auditing().InspectAsync(Token)).AuditingEnabled);
        Assert.Equal(host.Server.GeneralLog, await host.Auditing().GetAuditLogAsync(Token));
        await host.ConnectAndReadAuditAsync(host.Server.GeneralLog);

        var before = host.ReadConfig();
        Assert.True((await host.Auditing().EnableAsync(Token)).Enabled);
        Assert.Equal(before, host.ReadConfig());
    }

    [Fact]
    public async Task The_file_in_smb_conf_is_followed_and_substitutions_are_kept()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:5@{AuditLog}.%I" }, _ => "");

        Assert.Equal(host.Server.AuditLog + ".%I", await host.Auditing().GetAuditLogAsync(Token));
        Assert.True((await host.Auditing().InspectAsync(Token)).AuditingEnabled);
        await host.ConnectAndReadAuditAsync(host.Server.AuditLog + ".127.0.0.1");

        host.Options.AuditLog = host.Server.AuditLog + ".*";
        Assert.Equal(host.Options.AuditLog, await host.Auditing().GetAuditLogAsync(Token));
        Assert.True((await host.Auditing().InspectAsync(Token)).AuditingEnabled);
    }

    [Fact]
    public async Task A_level_in_an_included_file_is_found_through_smbd()
    {
        await using var host = await SambaHost.StartAsync();
        var included = Path.Combine(host.Server.Folder, "included.conf");
        await File.WriteAllTextAsync(included, $"log level = 1 auth_json_audit:5@{host.Server.AuditLog}\n", Token);
        host.AddToGlobal($"include = {included}");
        await host.ReloadAsync(level: 5);

        Assert.True((await host.Auditing().InspectAsync(Token)).AuditingEnabled);

        await host.Server.StopAsync();
        Assert.Null((await host.Auditing().InspectAsync(Token)).AuditingEnabled);
    }

    [Fact]
    public async Task A_level_in_an_included_file_counts_though_smb_conf_sets_another_before()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1" }, _ => "");
        var included = Path.Combine(host.Server.Folder, "included.conf");
        await File.WriteAllTextAsync(included, $"log level = 1 auth_json_audit:5@{host.Server.AuditLog}\n", Token);
        host.AddToGlobal($"include = {included}");
        await host.ReloadAsync(level: 5);
        var before = host.ReadConfig();

        var state = await host.Auditing().InspectAsync(Token);
        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(state.AuditingEnabled, state.Detail);
        Assert.Equal(host.Server.AuditLog, await host.Auditing().GetAuditLogAsync(Token));
        Assert.True(outcome.Enabled, outcome.Detail);
        Assert.Equal(before, host.ReadConfig());
    }

    [Fact]
    public async Task A_level_in_the_registry_counts_though_smb_conf_sets_another_before()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1" });
        host.AddToGlobal("include = registry");
        using (var net = Process.Start(
            "net", [$"--configfile={host.Server.ConfigFile}", "conf", "setparm", "global", "log level", $"1 auth_json_audit:5@{host.Server.AuditLog}"]))
        {
            await net.WaitForExitAsync(Token);
        }

        await host.ReloadAsync(level: 5);

        var state = await host.Auditing().InspectAsync(Token);

        Assert.True(state.AuditingEnabled, state.Detail);
    }

    [Fact]
    public async Task Without_a_running_smbd_the_configuration_decides_and_the_detail_says_so()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        await host.Server.StopAsync();

        var state = await host.Auditing().InspectAsync(Token);

        Assert.Equal((true, true), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Contains("smbd is not running", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_level_with_which_smbd_cannot_start_is_off_though_testparm_accepts_it()
    {
        await using var host = await SambaHost.StartAsync();
        await host.Server.StopAsync();
        host.AddToGlobal($"log level = 1 auth_json_audit:5@{host.Server.AuditLog} # quiet");

        var state = await host.Auditing().InspectAsync(Token);

        Assert.Equal((true, false), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Contains("\"#\"", state.Detail, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Server.StartAgainAsync(Token));
    }

    [Fact]
    public async Task Without_testparm_it_cannot_be_told_and_the_package_is_named()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });

        var state = await host.Auditing(real => new AroundProcesses(real, missing: "testparm")).InspectAsync(Token);

        Assert.Null(state.ServerEnabled);
        Assert.Contains("samba-common-bin", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_smbcontrol_auditing_cannot_be_told()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });

        var state = await host.Auditing(real => new AroundProcesses(real, missing: "smbcontrol")).InspectAsync(Token);

        Assert.Equal((true, null), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Contains("samba-common-bin", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_smb_conf_nothing_can_be_told_and_the_setting_is_named()
    {
        using var folder = new TemporaryFolder();
        var auditing = new SambaAuditing(
            new SambaOptions { ConfigFile = folder["smb.conf"] }, new ProcessRunner(TimeProvider.System), TimeProvider.System);

        var state = await auditing.InspectAsync(Token);
        var outcome = await auditing.EnableAsync(Token);

        Assert.Equal((null, null), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Contains("Exporter:Samba:ConfigFile", state.Detail, StringComparison.Ordinal);
        Assert.False(outcome.Enabled);
        Assert.Contains(folder["smb.conf"], outcome.Detail, StringComparison.Ordinal);
        Assert.Equal("/var/log/samba/smb1_audit.json", await auditing.GetAuditLogAsync(Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
