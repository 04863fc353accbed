using Smb1Exporter.EndToEnd.Tests.Alerts;
using Smb1Exporter.EndToEnd.Tests.Dashboards;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>The dashboards on what the real programs show, not on samples made up for them.</summary>
public class DashboardTests
{
    [Fact]
    public async Task The_tiles_count_the_one_attempt_and_every_query_is_answered()
    {
        var queries = ShippedFiles.Dashboards.Values.SelectMany(DashboardQuery.Of).ToList();
        await using var chain = await Chain.StartAsync(Programs.PreferredBuild);
        await chain.ConnectAsync("NT1");
        var attempts = await Eventually.GetAsync(
            () => chain.Prometheus.QueryAsync($"increase({ExporterProcess.Attempts}[1h]) > 0"), found => found.Count == 1, "Prometheus sees the attempt");
        var asked = new Asked(DateTimeOffset.UnixEpoch, TimeSpan.FromDays(1), Server: attempts.Single()["host_name"]);

        string[] tiles = ["Servers", "Servers with SMB1 traffic", "Attempts in the past hour", "Clients still in use", "Attempts in the time shown"];
        foreach (var tile in tiles)
        {
            await Eventually.GetAsync(
                () => chain.Prometheus.QueryAsync(Filled(queries.Single(query => query.Panel == tile))), answer => answer.Single().Value == 1, $"{tile} is 1");
        }

        await Eventually.GetAsync(
            () => chain.Prometheus.QueryAsync(Filled(queries.Single(query => query.Panel == "Verdict"))),
            answer => answer.Count == 1 && answer[0]["verdict"] == "attempts",
            "the verdict names the attempt");
        foreach (var query in queries)
        {
            await chain.Prometheus.QueryAsync(Filled(query));
        }

        string Filled(DashboardQuery query) => asked.FillIn(query.Expression, TimeSpan.FromHours(1));
    }
}
