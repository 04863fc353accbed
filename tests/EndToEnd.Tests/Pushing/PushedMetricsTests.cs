using System.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Smb1Exporter.EndToEnd.Tests.Dashboards;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.Tests.Pushing;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Pushing;

/// <summary>Metrics that are pushed by the OpenTelemetry protocol, into a real Prometheus with the shipped rules: through a real vmagent, and directly.</summary>
public sealed class PushedMetricsTests
{
    private const string Client = "10.6.0.1";

    [Theory]
    [InlineData(PushReceiver.Vmagent)]
    [InlineData(PushReceiver.OfPrometheus)]
    public async Task Pushed_and_scraped_together_an_attempt_alerts_once_and_the_series_are_the_same(string kind)
    {
        await using var site = new Site();
        var log = LogOf(site);
        var receiver = PushReceiver.Of(site, kind);
        var exporter = await ExporterAsync(site, log, receiver.Endpoint);
        await receiver.StartAsync(exporter.Address);
        await WhenKnownAsync(receiver, "smb1_audit_source_up == 1", series: 2);

        log.WriteConnections(Client, 3);
        await WhenKnownAsync(receiver, $"smb1_connection_attempts_total{{client_address=\"{Client}\"}} == 3", series: 2);

        await ThenAlertsAsync(receiver, $"{Client}: 3");
        await Then.SoonAsync(
            async () => (Pushed: await SeriesAsync(receiver, "!="), Scraped: await SeriesAsync(receiver, "=")),
            series => series.Pushed.Contains(ExporterProcess.Attempts, StringComparison.Ordinal) && series.Pushed == series.Scraped,
            "what is pushed has the names and labels of what is scraped");
    }

    [Theory]
    [InlineData(PushReceiver.Vmagent)]
    [InlineData(PushReceiver.OfPrometheus)]
    public async Task Pushed_totals_go_on_after_restarts_and_while_the_endpoint_was_away(string kind)
    {
        await using var site = new Site();
        var log = LogOf(site);
        var receiver = PushReceiver.Of(site, kind);
        await receiver.StartAsync();
        var exporter = await ExporterAsync(site, log, receiver.Endpoint);
        await WhenKnownAsync(receiver, "smb1_audit_source_up == 1");
        log.WriteConnections(Client, 2);
        await ThenAlertsAsync(receiver, $"{Client}: 2");
        await exporter.EndAsync();
        await receiver.EndAsync();

        log.WriteConnection(Client, port: 1001);
        var restarted = await ExporterAsync(site, log, receiver.Endpoint);
        await Then.SoonAsync(
            () => Task.FromResult(restarted.Process.Output), output => output.Contains("cannot be pushed to", StringComparison.Ordinal), "the failing endpoint is told");
        log.WriteConnection(Client, port: 1002);
        await restarted.WhenCountedAsync(Client, 4);
        await receiver.StartAsync();

        await ThenAlertsAsync(receiver, $"{Client}: 4");
        await Then.SoonAsync(
            () => Task.FromResult(restarted.Process.Output), output => output.Contains(" again.", StringComparison.Ordinal), "it is told that the endpoint works again");
        var resets = await receiver.Prometheus.QueryAsync("resets(smb1_connection_attempts_total[10m])");
        Assert.All(resets, series => Assert.Equal(0, series.Value));
    }

    [Theory]
    [InlineData(PushReceiver.Vmagent)]
    [InlineData(PushReceiver.OfPrometheus)]
    public async Task The_dashboards_show_what_is_only_pushed(string kind)
    {
        await using var site = new Site();
        var samba = await site.SambaAsync();
        var receiver = PushReceiver.Of(site, kind);
        await receiver.StartAsync();
        await site.ExporterAsync(
            Pushing(receiver.Endpoint),
            [$"--Exporter:Samba:ConfigFile={samba.ConfigFile}", $"--Exporter:Samba:AuditLog={samba.AuditLog}", .. ExporterArguments.AskOnly(samba)]);
        await WhenKnownAsync(receiver, "smb1_auditing_enabled == 1");

        await SmbClient.ConnectAsync(samba, "NT1");

        await receiver.Prometheus.ThenDashboardsShowOneAttemptAsync();
    }

    [Fact]
    public async Task By_gRPC_without_TLS_metrics_arrive()
    {
        await using var site = new Site();
        await using var collector = await FakeCollector.StartAsync(HttpProtocols.Http2);
        var log = LogOf(site);
        log.WriteConnection(Client, port: 1);
        var exporter = await ExporterAsync(site, log, collector.Address, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"));

        var push = await collector.WhenTakenAsync(metrics => metrics.Of("smb1.connection.attempts", Client) is [{ Value: 1 }], "the client is pushed");
        Assert.Equal("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", push.Path);
        Assert.DoesNotContain("cannot be pushed", exporter.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task An_endpoint_that_never_answers_does_not_keep_the_exporter_from_stopping(string protocol)
    {
        await using var site = new Site();
        await using var silent = new SilentServer();
        var exporter = await ExporterAsync(
            site, LogOf(site), $"http://127.0.0.1:{silent.Port}", ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol), ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000"));
        await silent.Asked.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        var watch = Stopwatch.StartNew();
        exporter.Process.Terminate();
        Assert.Equal(0, await exporter.Process.WaitForExitAsync(TimeSpan.FromSeconds(30)));

        // Two seconds for the last push; OpenTelemetry alone would wait for five.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    private static AuditLogWriter LogOf(Site site)
    {
        var log = new AuditLogWriter(site["auth_audit.log"], TimeProvider.System);
        log.WriteNoise("10.6.0.9", port: 1);
        return log;
    }

    private static Task<ExporterProcess> ExporterAsync(Site site, AuditLogWriter log, string endpoint, params (string Name, string Value)[] variables) =>
        site.ExporterAsync(
            Pushing(endpoint, variables),
            "--Exporter:EnableAuditing=false",
            $"--Exporter:Samba:AuditLog={log.Path}",
            $"--Exporter:Samba:ConfigFile={site["none.conf"]}");

    private static Dictionary<string, string?> Pushing(string endpoint, params (string Name, string Value)[] variables) =>
        new(variables.Select(variable => KeyValuePair.Create(variable.Name, (string?)variable.Value)))
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint,
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        };

    private static async Task WhenKnownAsync(PushReceiver receiver, string expression, int series = 1) => await Eventually.GetAsync(
        () => receiver.Prometheus.QueryAsync(expression), found => found.Count == series, $"Prometheus has {series} of {expression}");

    private static async Task ThenAlertsAsync(PushReceiver receiver, string expected) => await Then.SoonAsync(
        receiver.Prometheus.AlertsAsync, alerts => Attempts(alerts) == expected, $"one alert tells {expected}", Attempts);

    /// <summary>Names and labels of what was scraped ("=") or pushed ("!="), one line each, without the labels that say by whom.</summary>
    private static async Task<string> SeriesAsync(PushReceiver receiver, string comparison)
    {
        var found = await receiver.Prometheus.QueryAsync($"{{__name__=~\"(smb1|process|dotnet)_.+\", job{comparison}\"smb1\"}}");
        return string.Join('\n', found.Select(WithoutOrigin).Order(StringComparer.Ordinal));

        // vmagent makes labels of what the resource says of the program, too.
        static bool IsOrigin(string label) => label is "job" or "instance" || label.StartsWith("service_", StringComparison.Ordinal);

        static string WithoutOrigin(PrometheusSample series) => new PrometheusSample(
            series.Name, series.Labels.Where(label => !IsOrigin(label.Key)).ToDictionary(), series.Value).Series;
    }

    private static string Attempts(IEnumerable<FiringAlert> alerts) => string.Join(", ", alerts
        .Where(alert => alert is { Name: "Smb1TrafficDetected", State: "firing" })
        .Select(alert => $"{alert.Labels["client_address"]}: {alert.Annotations["attempts"]}"));
}
