using Smb1Exporter.EndToEnd.Tests.Alerts;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <summary>The dashboards against the schema that Grafana publishes: packages of the npm registry, which <c>tests/run.sh</c> installs.</summary>
public sealed class GrafanaSchemaTests
{
    private static string Checker { get; } = Repository.PathOf("tests/EndToEnd.Tests/Dashboards/GrafanaSchema/check-dashboards.mjs");

    [Fact]
    public async Task Every_dashboard_fits_the_types_of_dashboards_panels_and_queries()
    {
        var output = await CommandLine.SucceedsAsync(
            ShippedFiles.DashboardsFolder, "node", [Checker, Packages(), .. ShippedFiles.Dashboards.Keys.Order()]);

        var panels = ShippedFiles.Dashboards.Values.SelectMany(DashboardQuery.Panels).Count();
        Assert.Equal($"{panels} panels checked, 0 errors", output.Trim());
    }

    [Theory]
    [InlineData("\"schemaVersion\": 42", "\"schema\": 42", "schema is not known")]
    [InlineData("\"textMode\": \"auto\"", "\"textMode\": \"loud\"", ".options.textMode: \"loud\" is no ")]
    [InlineData("\"drawStyle\": \"bars\"", "\"drawStyle\": \"bar\"", ".custom.drawStyle: \"bar\" is no ")]
    [InlineData("\"format\": \"table\"", "\"format\": \"grid\"", ".format: \"grid\" is no ")]
    [InlineData("\"custom.cellOptions\"", "\"custom.cellColours\"", "custom.cellColours is not known")]
    [InlineData("\"showHeader\": true,", "", "showHeader is missing")]
    public async Task A_dashboard_that_does_not_fit_is_found(string original, string changed, string error)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var dashboard = await File.ReadAllTextAsync(Path.Combine(ShippedFiles.DashboardsFolder, "smb1-fleet.json"), cancellation);
        Assert.Contains(original, dashboard);
        await File.WriteAllTextAsync(folder["changed.json"], dashboard.Replace(original, changed, StringComparison.Ordinal), cancellation);

        await using var checker = await ChildProcess.RunAsync("node", [Checker, Packages(), folder["changed.json"]]);

        Assert.Equal(1, checker.ExitCode);
        Assert.Contains(error, checker.StandardOutput);
    }

    /// <summary>The folder with the packages; without it the test is skipped with the reason.</summary>
    private static string Packages()
    {
        var packages = Environment.GetEnvironmentVariable("SMB1_GRAFANA_SCHEMA");
        Assert.SkipWhen(
            packages is null,
            Environment.GetEnvironmentVariable("SMB1_GRAFANA_SCHEMA_MISSING") ?? "tests/run.sh installs Grafana's schema from the npm registry");
        return packages!;
    }
}
