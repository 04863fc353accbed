using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.Auditing.Samba.Following;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>Under what names a real smbd writes the audit, and whether that is the file that is followed.</summary>
public sealed class SambaNamesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_named_after_the_host_and_the_version_is_followed()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:5@{AuditLog}.d/%h/%v/audit" }, _ => "");
        var version = await new SambaTools(new ProcessRunner(TimeProvider.System), host.Server.ConfigFile).GetVersionAsync(Token);
        var log = $"{host.Server.AuditLog}.d/{Environment.MachineName}/{version}/audit";
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
        Assert.Equal(log, await host.Auditing().GetAuditLogAsync(Token));
        await host.ConnectAndReadAuditAsync(log);
    }

    [Theory]
    [InlineData("1 auth_json_audit:5@{AuditLog}/%m/audit")]
    [InlineData("1 auth_json_audit:3@{AuditLog}/%m/audit")]
    public async Task A_folder_that_differs_between_clients_is_refused_and_smb_conf_stays_as_it_is(string level)
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = level }, _ => "");
        var before = host.ReadConfig();

        var state = await host.Auditing().InspectAsync(Token);
        var outcome = await host.Auditing().EnableAsync(Token);
        var log = await host.Auditing().GetAuditLogAsync(Token);
        var refusal = Assert.Throws<AuditSourceException>(() => LogPattern.Parse(log));

        Assert.Equal((false, false), (state.AuditingEnabled, outcome.Enabled));
        Assert.Equal(before, host.ReadConfig());
        Assert.Empty(host.Leftovers(""));
        if (level.Contains(":5", StringComparison.Ordinal))
        {
            Assert.Contains("depends on %m", state.Detail, StringComparison.Ordinal);
        }

        Assert.All([outcome.Detail, refusal.Message], text => Assert.Contains("depends on %m", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("%m/audit.log", "depends on %m")]
    [InlineData("*/audit.log", "has a * in the name of its folder")]
    public async Task Nothing_is_switched_on_for_a_setting_that_cannot_be_followed(string name, string says)
    {
        await using var host = await SambaHost.StartAsync(auditLog: folder => $"{folder}/{name}");
        var before = host.ReadConfig();

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.False(outcome.Enabled);
        Assert.Contains(says, outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(before, host.ReadConfig());
        Assert.Empty(host.Leftovers(""));
    }

    [Fact]
    public async Task Quotation_marks_around_the_general_log_are_dropped()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:5" }, _ => "");
        var log = $"{host.Server.Folder}/my log";
        host.EditConfig(text => text.Replace($"log file = {host.Server.GeneralLog}", $"log file = \"{log}\"", StringComparison.Ordinal));
        await host.ReloadAsync(level: 5);

        Assert.True((await host.Auditing().InspectAsync(Token)).AuditingEnabled);
        Assert.Equal(log, await host.Auditing().GetAuditLogAsync(Token));
        await host.ConnectAndReadAuditAsync(log);
    }

    [Fact]
    public async Task Quotation_marks_around_the_file_of_the_class_are_told()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:5@\"{AuditLog}\"" }, _ => "");

        var state = await host.Auditing().InspectAsync(Token);

        Assert.False(state.AuditingEnabled);
        Assert.Contains("remove the quotation marks", state.Detail, StringComparison.Ordinal);

        // It is as the message says.
        await host.ConnectAndReadAuditAsync(host.Server.GeneralLog);
    }

    [Fact]
    public async Task A_relative_name_begins_where_smbd_runs()
    {
        using var folder = new TemporaryFolder();
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, folder["audit.log"]);
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = $"1 auth_json_audit:5@{relative}" }, _ => "");

        Assert.True((await host.Auditing().InspectAsync(Token)).AuditingEnabled);
        Assert.Equal(folder["audit.log"], await host.Auditing().GetAuditLogAsync(Token));
        await host.ConnectAndReadAuditAsync(folder["audit.log"]);

        await host.Server.StopAsync();
        var state = await host.Auditing().InspectAsync(Token);
        Assert.False(state.AuditingEnabled);
        Assert.Contains("is not the absolute path of a file", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_folder_of_smbds_option_goes_before_the_general_log_of_smb_conf()
    {
        using var folder = new TemporaryFolder();
        await using var host = await SambaHost.StartAsync(
            new SambaServerOptions { LogLevel = "1 auth_json_audit:5", Arguments = ["-l", folder.Path] }, _ => "");

        Assert.True((await host.Auditing().InspectAsync(Token)).AuditingEnabled);
        Assert.Equal(folder["log.smbd"], await host.Auditing().GetAuditLogAsync(Token));
        await host.ConnectAndReadAuditAsync(folder["log.smbd"]);
    }

    [Theory]
    [InlineData("smbd -F -l /x", "/x")]
    [InlineData("smbd -l/x -F", "/x")]
    [InlineData("smbd -Fl /x", "/x")]
    [InlineData("smbd -DFl=/x", "/x")]
    [InlineData("smbd --log-basename=/x", "/x")]
    [InlineData("smbd --log-basename /x -l /y", "/y")]
    [InlineData("smbd -F -s /l --foreground", null)]
    [InlineData("smbd -F -- -l /x", null)]
    [InlineData("smbd -l", null)]
    [InlineData("smbd", null)]
    public void The_option_is_read_in_each_of_its_forms(string commandLine, string? folder) =>
        Assert.Equal(folder, SmbdProcess.LogBaseOf(commandLine.Split(' ')));

    [Fact]
    public async Task A_log_that_is_a_link_to_another_name_is_on()
    {
        await using var host = await SambaHost.StartAsync();
        File.CreateSymbolicLink(host.Server.AuditLog, $"{host.Server.Folder}/elsewhere.json");

        var outcome = await host.Auditing().EnableAsync(Token);

        Assert.True(outcome.Enabled, outcome.Detail);
        await host.ConnectAndReadAuditAsync();
        Assert.True(File.Exists($"{host.Server.Folder}/elsewhere.json"));
    }

    [Fact]
    public async Task A_log_of_the_same_name_in_another_folder_is_off()
    {
        await using var host = await SambaHost.StartAsync(auditLog: folder => $"{folder}/share/audit.log");
        var included = Path.Combine(host.Server.Folder, "included.conf");
        await File.WriteAllTextAsync(included, $"log level = 1 auth_json_audit:5@{host.Server.Folder}/audit.log\n", Token);
        host.AddToGlobal($"include = {included}");
        await host.ReloadAsync(level: 5);

        var state = await host.Auditing().InspectAsync(Token);

        Assert.False(state.AuditingEnabled);
        Assert.Contains($"{included}, line 1 sends auth_json_audit to {host.Server.Folder}/audit.log", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_the_logs_name_that_is_open_in_another_folder_is_not_the_log()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["a"]);
        Directory.CreateDirectory(folder["b"]);
        File.WriteAllText(folder["b/audit.log"], "");
        using var open = File.Create(folder["a/audit.log"]);

        Assert.True(SmbdProcess.HasOpen(Environment.ProcessId, folder["a/audit.log"]));
        Assert.False(SmbdProcess.HasOpen(Environment.ProcessId, folder["b/audit.log"]));
    }

    [Theory]
    [InlineData("audit.log", "link.log")]
    [InlineData("folder/audit.log", "audit.log")]
    [InlineData("folder/audit.%m", "audit.*")]
    public async Task A_setting_that_leads_to_the_log_of_smb_conf_by_a_link_is_on(string written, string setting)
    {
        await using var host = await SambaHost.StartAsync(auditLog: folder => $"{folder}/{setting}");
        File.CreateSymbolicLink($"{host.Server.Folder}/link.log", "audit.log");
        File.CreateSymbolicLink($"{host.Server.Folder}/folder", ".");
        host.AddToGlobal($"log level = 1 auth_json_audit:5@{host.Server.Folder}/{written}");
        await host.ReloadAsync(level: 5);

        var state = await host.Auditing().InspectAsync(Token);

        Assert.True(state.AuditingEnabled, state.Detail);
        Assert.Equal(host.Options.AuditLog, await host.Auditing().GetAuditLogAsync(Token));
    }

    [Fact]
    public async Task A_name_in_Latin_1_is_shown_readably_and_its_remedy_is_told()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:5@{AuditLog}" }, _ => "");
        host.EditConfig(text => text.Replace("auth_audit.log", "b\u00fcro.log", StringComparison.Ordinal));

        var state = await host.Auditing().InspectAsync(Token);

        Assert.False(state.AuditingEnabled);
        Assert.Contains($"{host.Server.Folder}/b\u00fcro.log", state.Detail, StringComparison.Ordinal);
        Assert.Contains("is not UTF-8", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_removed_under_smbd_is_told_and_smbd_writes_again_once_it_is_back()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:5@{AuditLog}.d/audit.log" }, _ => "");
        var folder = host.Server.AuditLog + ".d";
        Directory.CreateDirectory(folder);
        Assert.True((await host.Auditing().EnableAsync(Token)).Enabled);
        var before = host.ReadConfig();

        Directory.Delete(folder, recursive: true);
        var state = await host.Auditing().InspectAsync(Token);
        Assert.False(state.AuditingEnabled);
        Assert.False(state.NeedsChange);
        Assert.Contains($"the directory {folder} of the audit log does not exist", state.Detail, StringComparison.Ordinal);

        Directory.CreateDirectory(folder);
        var outcome = await host.Auditing().EnableAsync(Token);
        Assert.True(outcome.Enabled, outcome.Detail);
        Assert.False(outcome.Changed);
        Assert.Equal(before, host.ReadConfig());
        await host.ConnectAndReadAuditAsync(folder + "/audit.log");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Smbd_makes_a_new_log_by_itself_after_a_rotation_by_renaming(bool bySize)
    {
        // What the README and the remedy for copytruncate rely on.
        await using var host = await SambaHost.StartAsync(
            new SambaServerOptions { LogLevel = SambaServerOptions.Audited, MaxLogSize = bySize ? null : 0 });
        await host.ConnectAndReadAuditAsync();
        File.Move(host.Server.AuditLog, host.Server.AuditLog + ".1");

        await host.ConnectAndReadAuditAsync();

        Assert.True((await host.Auditing().InspectAsync(Token)).AuditingEnabled);
    }

    [Fact]
    public async Task What_makes_records_doubtful_is_told_beside_an_audit_that_is_on()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = "2 auth_json_audit:5" }, _ => "");
        await File.WriteAllTextAsync($"{host.Server.Folder}/logrotate.conf", $"{host.Server.Folder}/log.* {{\n  copytruncate\n}}\n", Token);
        var auditing = new SambaAuditing(host.Options, new ProcessRunner(TimeProvider.System), TimeProvider.System)
        {
            Logrotate = new LogrotateFiles($"{host.Server.Folder}/logrotate.conf", $"{host.Server.Folder}/none"),
        };

        var state = await auditing.InspectAsync(Token);

        Assert.True(state.AuditingEnabled);
        Assert.Contains("forge", state.Warning, StringComparison.Ordinal);
        Assert.Contains($"copytruncate in {host.Server.Folder}/logrotate.conf", state.Warning, StringComparison.Ordinal);
    }
}
