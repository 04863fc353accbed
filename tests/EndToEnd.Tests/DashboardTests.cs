using Smb1Exporter.EndToEnd.Tests.Dashboards;
using Smb1Exporter.EndToEnd.Tests.Harness;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>The dashboards on what the real programs show, not on samples made up for them.</summary>
public class DashboardTests
{
    [Fact]
    public async Task The_tiles_count_the_one_attempt_and_every_query_is_answered()
    {
        await using var chain = await Chain.StartAsync(Programs.PreferredBuild);
        await chain.ConnectAsync("NT1");

        await chain.Prometheus.ThenDashboardsShowOneAttemptAsync();
    }
}
