using System.Diagnostics;
using System.Text.Json;
using Smb1Exporter.Auditing;
using Smb1Exporter.Commands;
using Smb1Exporter.Configuration;
using Smb1Exporter.Hosting;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Commands;

public sealed class CheckCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string?> _variables = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_fault_is_told_with_its_remedy_and_nothing_is_changed()
    {
        File.WriteAllText(_folder["state.db"], "of somebody else");
        var (code, text) = await RunAsync($"--Exporter:StateFile={_folder["state.db"]}");
        Assert.Equal(1, code);
        Assert.Contains($"[FAULT] Auditing: could not be told.", text, StringComparison.Ordinal);
        Assert.Contains("Exporter:Samba:ConfigFile", text, StringComparison.Ordinal);
        Assert.Contains($"[FAULT] Audit log: The Samba audit log {_folder["audit.log"]} is not there", text, StringComparison.Ordinal);
        Assert.Contains($"[FAULT] State file: {_folder["state.db"]} is not a state file of smb1-exporter", text, StringComparison.Ordinal);
        Assert.Equal("of somebody else", File.ReadAllText(_folder["state.db"]));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_readable_log_and_a_folder_for_the_state_are_no_fault()
    {
        File.WriteAllText(_folder["audit.log"], "");
        var (_, text) = await RunAsync($"--Exporter:StateFile={_folder["state.db"]}");
        Assert.Contains("[ok]    Audit log: Samba audit log", text, StringComparison.Ordinal);
        Assert.Contains("[ok]    State file:", text, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task What_was_counted_so_far_is_told_also_beside_a_running_exporter()
    {
        using var harness = new StoreHarness();
        harness.Apply(harness.Attempt("10.0.0.1"), harness.Attempt("10.0.0.1"), harness.Attempt("10.0.0.2"));
        harness.Apply(harness.Batch() with { Gaps = [new AuditGap("log", "wrapped")] });
        var path = harness.Options.StateFile;

        var (_, text) = await RunAsync($"--Exporter:StateFile={path}");
        Assert.Contains($"[ok]    State file: {path} is sound: 2 clients, 3 attempts, 1 gap; not covered now", text, StringComparison.Ordinal);
        harness.Watch(TimeSpan.FromMinutes(3));
        harness.Store.WriteWatched();
        (_, text) = await RunAsync($"--Exporter:StateFile={path}");
        Assert.Contains("1 gap; watched without a gap for 3 minutes", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_smb_conf_is_told_and_holds_nobody_up()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes are made with mkfifo");
        using (var mkfifo = Process.Start("mkfifo", [_folder["smb.conf"]]))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var (code, text) = await RunAsync($"--Exporter:StateFile={_folder["state.db"]}");
        Assert.Equal(1, code);
        Assert.Contains($"[FAULT] Auditing: could not be told. {_folder["smb.conf"]} cannot be read: it is a pipe", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_whose_folder_depends_on_the_client_is_refused_with_the_remedy()
    {
        var (code, text) = await RunAsync($"--Exporter:StateFile={_folder["state.db"]}", "--Exporter:Samba:AuditLog=/srv/log/%m/audit");
        Assert.Equal(1, code);
        Assert.Contains("[FAULT] Audit log: The folder of the audit log /srv/log/%m/audit depends on %m", text, StringComparison.Ordinal);
        Assert.Contains("such as auth_json_audit:5@/var/log/samba/smb1_audit.json", text, StringComparison.Ordinal);
        Assert.Contains("in Exporter:Samba:AuditLog", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_excluded_is_told_and_that_a_range_holds_everybody()
    {
        var (_, text) = await RunAsync($"--Exporter:StateFile={_folder["state.db"]}");
        Assert.DoesNotContain("Excluded clients", text, StringComparison.Ordinal);
        (_, text) = await RunAsync($"--Exporter:StateFile={_folder["state.db"]}", "--Exporter:ExcludedClients=10.0.0.5,Scanner01,0.0.0.0/0");
        Assert.Contains("[ok]    Excluded clients: 10.0.0.5, Scanner01, 0.0.0.0/0; ", text, StringComparison.Ordinal);
        Assert.Contains("[hint]  Excluded clients: 0.0.0.0/0 excludes every such client", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_is_told_as_at_the_start()
    {
        var e = await Assert.ThrowsAsync<StartupException>(() => RunAsync("--Exporter:Sauce=Samba"));
        Assert.Contains("Did you mean Exporter:Source?", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_metrics_are_pushed_to_is_told_and_a_wrong_variable_stops_it()
    {
        _variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://prometheus.example/api/v1/otlp";
        var (_, text) = await RunAsync($"--Exporter:StateFile={_folder["state.db"]}");
        Assert.Contains("[ok]    Push: to http://prometheus.example/api/v1/otlp/v1/metrics every 00:01:00", text, StringComparison.Ordinal);

        _variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/json";
        await Assert.ThrowsAsync<StartupException>(() => RunAsync($"--Exporter:StateFile={_folder["state.db"]}"));
    }

    [Fact]
    public async Task As_JSON_it_is_one_document_with_the_same_findings_and_exit_code()
    {
        string[] arguments = [$"--Exporter:StateFile={_folder["state.db"]}", "--Exporter:HostName=nas-1", "--Exporter:ExcludedClients=10.0.0.0/8,Scanner01"];
        var (code, text) = await RunAsync(arguments);
        var (jsonCode, json) = await RunAsync(json: true, arguments);

        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        Assert.Equal((1, 1), (code, jsonCode));
        Assert.Equal((ProgramVersion.Version, "nas-1"), (root.GetProperty("version").GetString(), root.GetProperty("host").GetString()));
        var findings = root.GetProperty("findings").EnumerateArray()
            .Select(finding => (
                Level: finding.GetProperty("level").GetString()!,
                Line: $"{finding.GetProperty("subject").GetString()}: {finding.GetProperty("text").GetString()}"))
            .ToList();
        Assert.Equal(findings.Count(finding => finding.Level == "fault"), root.GetProperty("faults").GetInt32());
        Assert.Equal(
            text.Split(Environment.NewLine)[..^2],
            findings.Select(finding => $"{$"[{finding.Level.Replace("fault", "FAULT", StringComparison.Ordinal)}]",-8}{finding.Line}"));
    }

    [Fact]
    public async Task As_JSON_a_wrong_setting_is_a_fault_in_the_document()
    {
        var (code, json) = await RunAsync(json: true, "--Exporter:Sauce=Samba");

        using var document = JsonDocument.Parse(json);
        var finding = Assert.Single(document.RootElement.GetProperty("findings").EnumerateArray());
        Assert.Equal(1, code);
        Assert.Equal(("fault", "Configuration"), (finding.GetProperty("level").GetString(), finding.GetProperty("subject").GetString()));
        Assert.Contains("Did you mean Exporter:Source?", finding.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_cause_is_one_fault()
    {
        File.WriteAllText(_folder["audit.log"], "");
        var (_, text) = await RunAsync($"--Exporter:StateFile={_folder["state.db"]}");

        Assert.Contains("[hint]  SMB1: whether this host serves it could not be told, for the reason below", text, StringComparison.Ordinal);
        Assert.Contains("[FAULT] Auditing: could not be told.", text, StringComparison.Ordinal);
        Assert.EndsWith($"1 fault found.{Environment.NewLine}", text, StringComparison.Ordinal);
    }

    private Task<(int Code, string Text)> RunAsync(params string[] arguments) => RunAsync(json: false, arguments);

    private async Task<(int Code, string Text)> RunAsync(bool json, params string[] arguments)
    {
        using var output = new StringWriter();
        string[] all =
        [
            "--Exporter:Source=Samba", $"--Exporter:Samba:ConfigFile={_folder["smb.conf"]}", $"--Exporter:Samba:AuditLog={_folder["audit.log"]}",
            "--Exporter:OwnConnections=Off",
            .. arguments,
        ];
        var code = await CheckCommand.RunAsync(
            null, [.. _variables, .. SettingArguments.Split(all, Settings.Section).Settings], json, output, TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }
}
