using System.Text.RegularExpressions;
using Smb1Exporter.Commands;
using Smb1Exporter.Hosting;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests;

/// <summary>What is written about the exporter, and what it does.</summary>
[Collection(InOrder.Name)]
public sealed partial class DocumentationTests : IAsyncDisposable
{
    private readonly ExporterHarness _exporter = new();

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Fact]
    public async Task Alerts_and_dashboards_name_only_series_that_exist()
    {
        var exposed = await ExposedNamesAsync();
        var files = Directory.GetFiles(Repository.PathOf("alerts"), "*.rules.yml").Concat(Directory.GetFiles(Repository.PathOf("dashboards"), "*.json"));
        var named = files.SelectMany(file => SeriesName().Matches(File.ReadAllText(file)).Select(match => match.Value)).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, exposed));
    }

    [Fact]
    public async Task The_README_names_every_series_and_every_reason()
    {
        var readme = Repository.Read("README.md");
        Assert.All(await ExposedNamesAsync(), name => Assert.Contains($"`{name}`", readme, StringComparison.Ordinal));
        var reasons = PrometheusText.Parse(await _exporter.GetTextAsync("/metrics")).Of("smb1_audit_read_errors_total");
        Assert.All(reasons, sample => Assert.Contains($"`{sample["reason"]}`", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void The_table_of_settings_in_the_README_has_those_of_the_program_with_their_defaults_and_no_others()
    {
        var documented = SettingsTable.Read(Repository.Read("README.md")).Where(setting => setting.Key.StartsWith("Exporter:", StringComparison.Ordinal));
        Assert.Empty(SettingsTable.Differences(
            [.. documented], [.. Settings.Defaults.Select(setting => KeyValuePair.Create($"{Settings.Section}:{setting.Key}", setting.Value))]));
        Assert.Contains($"\n| `Urls` | `{ExporterHost.DefaultUrl}` |", Repository.Read("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_help_names_every_setting() => Assert.All(
        Settings.Defaults, setting => Assert.Contains($"{Settings.Section}:{setting.Key} ", CommandLine.Description, StringComparison.Ordinal));

    [Fact]
    public async Task Every_setting_named_is_one() =>
        await _exporter.StartAsync(
            "--Exporter:Source=Auto", "--Exporter:AuditingCheckInterval=01:00:00", "--Exporter:InitialLookback=01:00:00",
            "--Exporter:PollInterval=00:00:01", "--Exporter:ExcludedClients=", "--Exporter:MaxClients=1000", "--Exporter:EnableAuditing=true",
            "--Exporter:ClientRetention=180.00:00:00", "--Exporter:BirthHold=00:02:00", "--Exporter:ReadyAfter=30.00:00:00", "--Exporter:ResolveNames=true", "--Exporter:Samba:ConfigFile=/x", "--Exporter:Samba:AuditLog=/y");

    // smb1_off is a verdict.
    [GeneratedRegex(@"\bsmb1_(?!ticket|off\b)[a-z_]+[a-z]\b")]
    private static partial Regex SeriesName();

    private async Task<HashSet<string>> ExposedNamesAsync()
    {
        await _exporter.StartAsync();
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1") with { ClientName = "SCANNER01" });
        await _exporter.WaitForAsync("smb1_tracked_clients", 1);
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);
        return [.. PrometheusText.Parse(await _exporter.GetTextAsync("/metrics")).Samples.Values
            .Select(sample => sample.Name)
            .Where(name => name != "target_info")];
    }
}
