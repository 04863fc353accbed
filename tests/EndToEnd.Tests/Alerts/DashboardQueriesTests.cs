using System.Globalization;

namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>The queries of the dashboards, asked of a real Prometheus that knows a small fleet.</summary>
public sealed class DashboardQueriesTests(DashboardQueriesTests.Fleet fleet) : IClassFixture<DashboardQueriesTests.Fleet>
{
    private static DateTimeOffset Now { get; } = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Every_query_of_every_dashboard_returns_data()
    {
        var queries = ShippedFiles.Dashboards.Values.SelectMany(DashboardQuery.Of).ToList();

        Assert.NotEmpty(queries);
        foreach (var query in queries)
        {
            if (query.IsRange)
            {
                var points = await fleet.Prometheus.QueryRangeAsync(query.Expression, Now.AddMinutes(-30), Now);
                Assert.True(points.Any(count => count > 25), $"{query.Panel} {query.RefId} draws nothing: {query.Expression}");
            }
            else
            {
                var result = await fleet.Prometheus.QueryAsync(query.Expression, Now);
                Assert.True(result.Any(series => double.IsFinite(series.Value)), $"{query.Panel} {query.RefId} shows nothing: {query.Expression}");
            }
        }
    }

    [Theory]
    [InlineData("Servers", 7)]
    [InlineData("Servers with SMB1 traffic", 1)]
    [InlineData("Servers that see nothing", 2)]
    [InlineData("Ready to have SMB1 disabled", 1)]
    public async Task The_figures_at_the_top_are_right(string panel, int expected)
    {
        var result = await fleet.Prometheus.QueryAsync(Expression(panel, "A"), Now);

        Assert.Equal(expected, Assert.Single(result).Value);
    }

    [Fact]
    public async Task The_state_of_each_server_says_whether_SMB1_can_be_disabled_and_why_not()
    {
        var result = await fleet.Prometheus.QueryAsync(Expression("State of auditing and coverage", "A"), Now);

        Assert.Equal(
            new Dictionary<string, double>
            {
                ["READY"] = 0,
                ["SMB1OFF"] = 1,
                ["AUDITOFF"] = 2,
                ["BLIND"] = 3,
                ["USED"] = 4,
                ["YOUNG"] = 5,
                ["UNTOLD"] = 6,
            },
            result.ToDictionary(series => series.Labels["host_name"], series => series.Value));
    }

    [Fact]
    public async Task The_table_of_clients_shows_each_client_with_its_times_and_attempts()
    {
        var lastSeen = await fleet.Prometheus.QueryAsync(Expression("Clients that use SMB1", "A"), Now);
        var attempts = await fleet.Prometheus.QueryAsync(Expression("Clients that use SMB1", "C"), Now);

        Assert.Equal(
            Now.AddMinutes(-10).ToUnixTimeMilliseconds(),
            lastSeen.Single(series => series.Labels["client_address"] == "192.168.1.214").Value);
        Assert.Equal(7, attempts.Single(series => series.Labels["client_address"] == "192.168.1.214").Value);
        Assert.Equal(lastSeen.Count, attempts.Count);
    }

    private static string Expression(string panel, string refId) =>
        DashboardQuery.Of(ShippedFiles.Dashboards["smb1-fleet.json"])
            .Single(query => query.Panel == panel && query.RefId == refId).Expression;

    /// <summary>Seven servers in the two hours before <see cref="Now"/>, each in another state.</summary>
    public sealed class Fleet : IAsyncLifetime
    {
        internal HistoricalPrometheus Prometheus { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Prometheus = await HistoricalPrometheus.StartAsync(Samples());

        public ValueTask DisposeAsync() => Prometheus.DisposeAsync();

        private static IEnumerable<string> Samples() =>
        [
            .. Server("READY"),
            .. Server("SMB1OFF", enabled: 0, rejected: 3),
            .. Server("AUDITOFF", auditing: 0, coveredDays: 0),
            .. Server("BLIND", up: 0),
            .. Server("USED"),
            .. Server("YOUNG", coveredDays: 29),
            .. Server("UNTOLD", enabled: null),
            .. Client("USED", "192.168.1.214", Now.AddMinutes(-10), before: 5, after: 12),
            .. Client("READY", "192.168.1.77", Now.AddDays(-31), before: 5, after: 5),
        ];

        private static IEnumerable<string> Server(
            string name, int? enabled = 1, int auditing = 1, int up = 1, int coveredDays = 31, int rejected = 0)
        {
            var labels = $"customer=\"Contoso\",host_name=\"{name}\"";
            return
            [
                .. enabled is null ? [] : Series($"smb1_server_enabled{{{labels}}}", _ => enabled.Value),
                .. Series($"smb1_auditing_enabled{{{labels}}}", _ => auditing),
                .. Series($"smb1_audit_source_up{{{labels}}}", _ => up),
                .. Series($"smb1_audit_covered_since_timestamp_seconds{{{labels}}}", _ => Now.AddDays(-coveredDays).ToUnixTimeSeconds()),
                .. Series($"smb1_audit_gaps_total{{{labels}}}", _ => 0),
                .. Series($"smb1_audit_read_errors_total{{{labels},reason=\"malformed\"}}", _ => 0),
                .. Series($"smb1_rejected_connections_total{{{labels}}}", minutesAgo => minutesAgo > 20 ? 0 : rejected),
                .. Series($"smb1_excluded_attempts_total{{{labels}}}", _ => 0),
                .. Series($"smb1_tracked_clients{{{labels}}}", _ => 1),
                .. Series($"smb1_tracked_clients_limit{{{labels}}}", _ => 1000),
            ];
        }

        private static IEnumerable<string> Client(string server, string address, DateTimeOffset seen, int before, int after)
        {
            var labels = $"{{customer=\"Contoso\",host_name=\"{server}\",client_address=\"{address}\"}}";
            return
            [
                .. Series($"smb1_connection_attempts_total{labels}", minutesAgo => minutesAgo > 10 ? before : after),
                .. Series($"smb1_client_first_seen_timestamp_seconds{labels}", _ => Now.AddDays(-40).ToUnixTimeSeconds()),
                .. Series($"smb1_client_last_seen_timestamp_seconds{labels}", _ => seen.ToUnixTimeSeconds()),
            ];
        }

        private static IEnumerable<string> Series(string series, Func<int, double> value) =>
            Enumerable.Range(0, 121).Select(minute => string.Create(
                CultureInfo.InvariantCulture,
                $"{series} {value(120 - minute)} {Now.AddMinutes(minute - 120).ToUnixTimeSeconds()}"));
    }
}
