using Smb1Exporter.EndToEnd.Tests.Alerts;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>The dashboards on what the real programs show, not on samples made up for them.</summary>
public class DashboardTests
{
    [Fact]
    public async Task Every_query_returns_data_and_the_tiles_count_the_one_attempt()
    {
        var queries = ShippedFiles.Dashboards.Values.SelectMany(DashboardQuery.Of).ToList();
        Assert.NotEmpty(queries);
        await using var chain = await Chain.StartAsync(Programs.PreferredBuild);
        await chain.ConnectAsync("NT1");
        await Eventually.GetAsync(
            () => chain.Prometheus.QueryAsync($"increase({ExporterProcess.Attempts}[1h]) > 0"), found => found.Count == 1, "Prometheus sees the attempt");

        var empty = new List<string>();
        foreach (var query in queries)
        {
            if ((await chain.Prometheus.QueryAsync(query.Expression)).Count == 0)
            {
                empty.Add($"{query.Panel}: {query.Expression}");
            }
        }

        Assert.Empty(empty);
        foreach (var tile in new[] { "Servers", "Servers with SMB1 traffic", "Attempts in the past hour" })
        {
            var answer = await chain.Prometheus.QueryAsync(Assert.Single(queries, query => query.Panel == tile).Expression);
            Assert.Equal((tile, 1), (tile, Assert.Single(answer).Value));
        }
    }
}
