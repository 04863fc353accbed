using System.Text.Json;
using System.Text.RegularExpressions;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>Every query of the dashboards answers from a Prometheus that scrapes the real programs.</summary>
public partial class DashboardTests
{
    [Fact]
    public async Task Every_query_returns_data_and_the_tiles_count_the_one_attempt()
    {
        var queries = Queries();
        Assert.NotEmpty(queries);
        await using var chain = await Chain.StartAsync(Programs.PreferredBuild, repeatInterval: "1h");
        await chain.ConnectAsync("NT1");
        await Eventually.GetAsync(
            () => chain.Prometheus.QueryAsync($"increase({ExporterProcess.Attempts}[1h]) > 0"), found => found.Count == 1, "Prometheus sees the attempt");

        var empty = new List<string>();
        foreach (var query in queries)
        {
            if ((await chain.Prometheus.QueryAsync(query.Expression)).Count == 0)
            {
                empty.Add($"{query.Dashboard}, {query.Panel}: {query.Expression}");
            }
        }

        Assert.Empty(empty);
        foreach (var tile in new[] { "Servers", "Servers with SMB1 traffic", "Attempts in the past hour" })
        {
            var answer = await chain.Prometheus.QueryAsync(Assert.Single(queries, query => query.Panel == tile).Expression);
            Assert.Equal((tile, 1), (tile, Assert.Single(answer).Value));
        }
    }

    private static List<Query> Queries() =>
    [
        .. Directory.GetFiles(Path.Combine(Programs.Repository, "dashboards"), "*.json").SelectMany(file =>
        {
            using var dashboard = JsonDocument.Parse(File.ReadAllText(file));
            return Panels(dashboard.RootElement).SelectMany(panel => QueriesOf(Path.GetFileName(file), panel)).ToList();
        }),
    ];

    // A collapsed row holds its panels.
    private static IEnumerable<JsonElement> Panels(JsonElement parent) => parent.TryGetProperty("panels", out var panels)
        ? panels.EnumerateArray().SelectMany(panel => Panels(panel).Prepend(panel))
        : [];

    private static IEnumerable<Query> QueriesOf(string dashboard, JsonElement panel) => panel.TryGetProperty("targets", out var targets)
        ? targets.EnumerateArray().Select(target => new Query(
            dashboard, panel.GetProperty("title").GetString()!, Substitute(target.GetProperty("expr").GetString()!)))
        : [];

    // As Grafana does when "All" is chosen and the past hour is shown.
    private static string Substitute(string expression) => Variable.Replace(expression, variable => variable.Value switch
    {
        "$__range" or "$__rate_interval" or "$__interval" => "1h",
        _ => ".+",
    });

    [GeneratedRegex(@"\$\w+")]
    private static partial Regex Variable { get; }

    private sealed record Query(string Dashboard, string Panel, string Expression);
}
