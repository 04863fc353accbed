using Smb1Exporter.EndToEnd.Tests.Alerts;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <summary>The shipped dashboards on a real Prometheus.</summary>
internal static class DashboardSteps
{
    /// <summary>The tiles count one server and one attempt, the verdict names the attempt, and every query is answered.</summary>
    public static async Task ThenDashboardsShowOneAttemptAsync(this PrometheusServer prometheus)
    {
        var queries = ShippedFiles.Dashboards.Values.SelectMany(DashboardQuery.Of).ToList();
        var attempts = await Eventually.GetAsync(
            () => prometheus.QueryAsync($"increase({ExporterProcess.Attempts}[1h]) > 0"), found => found.Count == 1, "Prometheus sees the attempt");
        var asked = new Asked(DateTimeOffset.UnixEpoch, TimeSpan.FromDays(1), Server: attempts.Single()["host_name"]);

        string[] tiles = ["Servers", "Servers with SMB1 traffic", "Attempts in the past hour", "Clients still in use", "Attempts in the time shown"];
        foreach (var tile in tiles)
        {
            await Eventually.GetAsync(
                () => prometheus.QueryAsync(Filled(queries.Single(query => query.Panel == tile))), answer => answer.Single().Value == 1, $"{tile} is 1");
        }

        await Eventually.GetAsync(
            () => prometheus.QueryAsync(Filled(queries.Single(query => query.Panel == "Verdict"))),
            answer => answer.Count == 1 && answer[0]["verdict"] == "attempts",
            "the verdict names the attempt");
        foreach (var query in queries)
        {
            await prometheus.QueryAsync(Filled(query));
        }

        string Filled(DashboardQuery query) => asked.FillIn(query.Expression, TimeSpan.FromHours(1));
    }
}
