using System.Diagnostics;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>Switching the audit on at a real Samba, and what is left when that fails.</summary>
public sealed class SambaEnableTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_running_server_without_any_level_leaves_records_afterwards()
    {
        await using var host = await SambaHost.StartAsync();
        var before = host.ReadConfig();

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
        var added = $"[global]\n    log level = 0 auth_json_audit:5@{host.Server.AuditLog}\n";
        Assert.Equal(before.Replace("[global]\n", added, StringComparison.Ordinal), host.ReadConfig());
        Assert.Equal(before, await File.ReadAllTextAsync(Assert.Single(host.Leftovers("backup")), Token));
        Assert.Empty(host.Leftovers("candidate"));
        await host.ConnectAndReadAuditAsync();
    }

    [Fact]
    public async Task Levels_that_are_there_stay_and_the_class_keeps_its_file()
    {
        await using var host = await SambaHost.StartAsync(
            new SambaServerOptions { LogLevel = "1 auth_audit:3 auth_json_audit:3@{AuditLog} smb:2" }, _ => "");

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
        Assert.Contains($"log level = 1 auth_audit:3 auth_json_audit:5@{host.Server.AuditLog} smb:2\n", host.ReadConfig(), StringComparison.Ordinal);
        await host.ConnectAndReadAuditAsync();
    }

    [Fact]
    public async Task Windows_line_ends_are_kept_and_smbd_reads_them()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 \\\n   smb:2" });
        host.EditConfig(text => text.Replace("\n", "\r\n", StringComparison.Ordinal));

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
        Assert.Contains($"log level = 1 \\\r\n   smb:2 auth_json_audit:5@{host.Server.AuditLog}\r\n", host.ReadConfig(), StringComparison.Ordinal);
        await host.ConnectAndReadAuditAsync();
    }

    [Fact]
    public async Task A_second_time_changes_nothing()
    {
        await using var host = await SambaHost.StartAsync();
        Assert.True((await host.Auditing().EnableAsync(Token)).Enabled);
        var after = host.ReadConfig();
        var written = File.GetLastWriteTimeUtc(host.Server.ConfigFile);

        Assert.True((await host.Auditing().EnableAsync(Token)).Enabled);

        Assert.Equal(after, host.ReadConfig());
        Assert.Equal(written, File.GetLastWriteTimeUtc(host.Server.ConfigFile));
        Assert.Single(host.Leftovers("backup"));
    }

    [Fact]
    public async Task Two_at_once_change_it_once()
    {
        await using var host = await SambaHost.StartAsync();
        var one = host.Auditing();

        var outcomes = await Task.WhenAll(one.EnableAsync(Token), host.Auditing().EnableAsync(Token), one.EnableAsync(Token));

        Assert.All(outcomes, outcome => Assert.True(outcome.Enabled, outcome.Detail));
        Assert.Equal(2, host.ReadConfig().Split("auth_json_audit").Length);
        Assert.Single(host.Leftovers("backup"));
    }

    [Fact]
    public async Task Owner_mode_and_the_link_to_the_file_stay()
    {
        await using var host = await SambaHost.StartAsync();
        var real = host.Server.ConfigFile + ".real";
        File.Move(host.Server.ConfigFile, real);
        File.CreateSymbolicLink(host.Server.ConfigFile, "smb.conf.real");
        Assert.Equal("", await RunAsync("chown", "1:2", real));
        Assert.Equal("", await RunAsync("chmod", "640", real));

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
        Assert.Equal("smb.conf.real", new FileInfo(host.Server.ConfigFile).LinkTarget);
        Assert.Equal("1:2:640\n", await RunAsync("stat", "-c", "%u:%g:%a", real));
        Assert.Contains("auth_json_audit:5", await File.ReadAllTextAsync(real, Token), StringComparison.Ordinal);
        Assert.Equal("1:2:640\n", await RunAsync("stat", "-c", "%u:%g:%a", Directory.GetFiles(host.Server.Folder, "*backup*").Single()));
    }

    [Fact]
    public async Task Without_a_running_smbd_it_takes_effect_when_smbd_starts()
    {
        await using var host = await SambaHost.StartAsync();
        await host.Server.StopAsync();

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
        Assert.Contains("when it starts", outcome.Detail, StringComparison.Ordinal);
        await host.Server.StartAgainAsync(Token);
        await host.ConnectAndReadAuditAsync();
    }

    [Fact]
    public async Task A_lost_log_is_opened_again_by_switching_on()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:5@{AuditLog}.d/audit.log" }, _ => "");
        Directory.CreateDirectory(host.Server.AuditLog + ".d");
        Assert.False((await host.Auditing().InspectAsync(Token)).AuditingEnabled);

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
        await host.ConnectAndReadAuditAsync(host.Server.AuditLog + ".d/audit.log");
    }

    [Fact]
    public async Task An_included_level_that_wins_is_named_before_anything_is_changed()
    {
        await using var host = await SambaHost.StartAsync();
        var included = Path.Combine(host.Server.Folder, "included.conf");
        await File.WriteAllTextAsync(included, "log level = 2\n", Token);
        host.AddToGlobal($"include = {included}");
        await host.ReloadAsync(level: 2);

        await FailsAsync(host, $"{included}, line 1, which {host.Server.ConfigFile} includes, sets a log level of its own (\"2\")");

        await Eventually.GetAsync(host.GetLevelInForceAsync, level => level == 2, "level in force");
    }

    [Fact]
    public async Task An_included_level_that_comes_before_does_not_win()
    {
        await using var host = await SambaHost.StartAsync();
        var included = Path.Combine(host.Server.Folder, "included.conf");
        await File.WriteAllTextAsync(included, "log level = 2\n", Token);
        host.EditConfig(text => text.Replace("[global]", $"[global]\ninclude = {included}\nlog level = 1", StringComparison.Ordinal));

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
        await host.ConnectAndReadAuditAsync();
    }

    [Fact]
    public async Task Records_that_go_to_the_general_log_already_stay_there_with_their_level_raised()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:3" });

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
        Assert.Contains("log level = 1 auth_json_audit:5\n", host.ReadConfig(), StringComparison.Ordinal);
        Assert.Equal(host.Server.GeneralLog, await host.Auditing().GetAuditLogAsync(Token));
        Assert.Contains(
            $"Exporter:Samba:AuditLog names {host.Server.AuditLog}, which does not exist, but smb.conf sends the records to {host.Server.GeneralLog}",
            (await host.Auditing().InspectAsync(Token)).Detail,
            StringComparison.Ordinal);
        await host.ConnectAndReadAuditAsync(host.Server.GeneralLog);
    }

    [Fact]
    public async Task Records_that_go_to_the_general_log_while_another_log_exists_are_not_moved()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:3" });
        await File.WriteAllTextAsync(host.Server.AuditLog, "", Token);

        await FailsAsync(host, $"sends auth_json_audit to {host.Server.GeneralLog}, but {host.Server.AuditLog} is read; remove the setting");
    }

    [Fact]
    public async Task A_class_that_is_named_and_leaves_no_records_gets_a_file_of_its_own()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:0" });

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
        Assert.Contains($"log level = 1 auth_json_audit:5@{host.Server.AuditLog}\n", host.ReadConfig(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_testparm_says_of_the_file_before_does_not_keep_it_from_being_changed()
    {
        await using var host = await SambaHost.StartAsync();
        host.AddToGlobal("security = ads");

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
    }

    [Fact]
    public async Task A_level_on_smbds_command_line_brings_the_original_back()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { Arguments = ["-d", "1"] });

        await FailsAsync(host, "option -d");
    }

    [Fact]
    public async Task A_missing_directory_for_the_log_is_named()
    {
        await using var host = await SambaHost.StartAsync(auditLog: folder => $"{folder}/none/audit.log");

        await FailsAsync(host, $"{host.Server.Folder}/none of the audit log does not exist");
    }

    [Theory]
    [InlineData("my audit.log", "white space")]
    [InlineData("audit.*", "substitution")]
    public async Task A_log_that_smb_conf_cannot_name_is_refused(string name, string says)
    {
        await using var host = await SambaHost.StartAsync(auditLog: folder => $"{folder}/{name}");

        await FailsAsync(host, says);
    }

    [Fact]
    public async Task A_file_that_testparm_rejects_is_not_touched()
    {
        await using var host = await SambaHost.StartAsync();
        await host.Server.StopAsync();
        host.AddToGlobal("max log size = much");

        await FailsAsync(host, "value is not a valid size specifier");
    }

    [Fact]
    public async Task A_configuration_in_the_registry_is_left_to_net_conf()
    {
        await using var host = await SambaHost.StartAsync();
        host.AddToGlobal("config backend = registry");

        await FailsAsync(host, "net conf setparm global \"log level\"");
    }

    [Fact]
    public async Task A_configuration_in_another_file_is_named()
    {
        await using var host = await SambaHost.StartAsync();
        var other = Path.Combine(host.Server.Folder, "other.conf");
        File.Copy(host.Server.ConfigFile, other);
        host.AddToGlobal($"config file = {other}");

        await FailsAsync(host, $"set Exporter:Samba:ConfigFile to {other}");
    }

    [Theory]
    [InlineData("testparm")]
    [InlineData("cp")]
    [InlineData("smbcontrol")]
    public async Task A_missing_program_is_named_and_the_original_stays(string program)
    {
        await using var host = await SambaHost.StartAsync();

        await FailsAsync(host, $"/nonexistent/{program}", new AroundProcesses(Real, missing: program));
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_leaves_everything_as_it_was()
    {
        await using var host = await SambaHost.StartAsync();
        Directory.CreateDirectory(host.Server.ConfigFile + ".smb1-exporter-candidate");
        var before = host.ReadConfig();

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.False(outcome.Enabled);
        Assert.Contains("smb1-exporter-candidate", outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(before, host.ReadConfig());
        Assert.Empty(host.Leftovers("backup"));
    }

    [Fact]
    public async Task Somebody_elses_change_at_the_same_time_is_never_overwritten()
    {
        await using var host = await SambaHost.StartAsync();
        var runner = new AroundProcesses(
            Real,
            when: (program, arguments) => program == "testparm" && arguments[^1].EndsWith("candidate", StringComparison.Ordinal),
            before: () => host.AddToGlobal("comment = edited meanwhile"));

        var outcome = await host.Auditing(_ => runner).EnableAsync(Token);

        Assert.False(outcome.Enabled);
        Assert.Contains("changed by somebody else", outcome.Detail, StringComparison.Ordinal);
        Assert.Contains("edited meanwhile", host.ReadConfig(), StringComparison.Ordinal);
        Assert.DoesNotContain("auth_json_audit", host.ReadConfig(), StringComparison.Ordinal);
        Assert.Empty(host.Leftovers(""));
    }

    [Fact]
    public async Task A_change_by_somebody_else_after_ours_is_not_undone_when_ours_fails()
    {
        await using var host = await SambaHost.StartAsync();
        var edited = false;
        var runner = new AroundProcesses(
            Real,
            when: (program, arguments) => program == "smbcontrol" && arguments[^1] == "reload-config" && !edited,
            before: () =>
            {
                edited = true;
                host.EditConfig(text => text.Replace("auth_json_audit:5", "auth_json_audit:1", StringComparison.Ordinal));
            });

        var outcome = await host.Auditing(_ => runner, patience: TimeSpan.FromSeconds(1)).EnableAsync(Token);

        Assert.False(outcome.Enabled);
        Assert.Contains("auth_json_audit:1", host.ReadConfig(), StringComparison.Ordinal);
        Assert.Contains(Assert.Single(host.Leftovers("backup")), outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Being_stopped_in_the_middle_brings_the_original_back()
    {
        await using var host = await SambaHost.StartAsync();
        var before = host.ReadConfig();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var runner = new AroundProcesses(
            Real, when: (program, arguments) => program == "smbcontrol" && arguments[^1] == "debuglevel", before: stop.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.Auditing(_ => runner).EnableAsync(stop.Token));

        Assert.Equal(before, host.ReadConfig());
        Assert.Empty(host.Leftovers(""));
        Assert.True((await host.Auditing().EnableAsync(Token)).Enabled);
    }

    private static Smb1Exporter.Auditing.ProcessRunner Real => new(TimeProvider.System);

    private static async Task FailsAsync(SambaHost host, string says, AroundProcesses? runner = null)
    {
        var before = host.ReadConfig();

        var outcome = await host.Auditing(real => runner ?? real, patience: TimeSpan.FromSeconds(1)).EnableAsync(Token);

        Assert.False(outcome.Enabled);
        Assert.Contains(says, outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(before, host.ReadConfig());
        Assert.Empty(host.Leftovers(""));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
