using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Pushing;

/// <summary>What arrives at a collector, which is a fake. The last push is made at the stop, so most tests need not wait for an interval.</summary>
[Collection(InOrder.Name)]
public sealed class PushTests : IAsyncDisposable
{
    private const string Attempts = "smb1.connection.attempts";
    private readonly ExporterHarness _exporter = new();

    public PushTests()
    {
        _exporter.Variables["OTEL_METRIC_EXPORT_INTERVAL"] = "3600000";
        _exporter.Arguments.Add("--Exporter:BirthHold=00:00:00");
    }

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Fact]
    public async Task What_is_pushed_is_what_is_scraped()
    {
        await using var collector = await FakeCollector.StartAsync();
        await CountAsync(collector, "10.0.0.7", 3);
        var scraped = PrometheusText.Parse(await _exporter.GetTextAsync("/metrics"));
        await _exporter.StopAsync();

        var pushed = Assert.Single(collector.Taken);
        Assert.Equal("/v1/metrics", pushed.Path);
        var own = scraped.Samples.Values.Where(sample => sample.Name.StartsWith("smb1_", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            own.Select(sample => $"{sample.Name} {Sorted(sample.Labels)} {sample.Value}").Order(),
            pushed.Metrics.Points.Where(point => point.Metric.StartsWith("smb1.", StringComparison.Ordinal)).Select(AsSample).Order());

        // Prometheus makes "job" and "instance" of these two, and no label of any other.
        Assert.Equal("smb1-exporter", pushed.Metrics.Resource["service.name"]);
        Assert.Equal(scraped.Of("smb1_exporter_build_info")[0]["installation_id"], pushed.Metrics.Resource["service.instance.id"]);
        Assert.All(pushed.Metrics.Points, point => Assert.Equal(("FS01", "Contoso"), (point.Attributes["host.name"], point.Attributes["customer"])));
        Assert.DoesNotContain(pushed.Metrics.Resource.Keys, key => key is "host.name" or "customer");
    }

    [Fact]
    public async Task Pushes_and_scrapes_beside_each_other_all_show_every_client()
    {
        _exporter.Variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        await using var collector = await FakeCollector.StartAsync();
        await CountAsync(collector, "10.0.0.7", 3);
        await _exporter.WaitForAsync("smb1_connection_attempts_total", 3, "10.0.0.7");
        await Eventually.TrueAsync(() => ShowsClient(collector.Taken), "the client is pushed");
        var before = collector.Taken.Count;

        await Eventually.GetAsync(
            () => _exporter.ScrapeAsync("smb1_connection_attempts_total", "10.0.0.7"),
            value =>
            {
                Assert.Equal(3, value);
                return collector.Taken.Count >= before + 3;
            },
            "three pushes");

        Assert.All(collector.Taken.Skip(before), push => Assert.True(ShowsClient([push])));

        static bool ShowsClient(IReadOnlyList<TakenPush> pushes) =>
            pushes.Count > 0 && pushes[^1].Metrics.Points.Count(point => point.Metric == Attempts && point.Attributes["client_address"] == "10.0.0.7") == 1;
    }

    [Fact]
    public async Task A_total_that_survives_a_restart_keeps_its_start()
    {
        await using var collector = await FakeCollector.StartAsync();
        await CountAsync(collector, "10.0.0.7", 3);
        await _exporter.StopAsync();
        var firstSeen = _exporter.Clock.GetUtcNow();

        _exporter.Clock.Advance(TimeSpan.FromHours(5));
        await CountAsync(collector, "10.0.0.7", 1, total: 4);
        await CountAsync(null, "10.0.0.8", 1);
        await _exporter.StopAsync();

        var (before, after) = (collector.Taken[0].Metrics, collector.Taken[1].Metrics);
        Assert.Equal((3, 4), (before.Of(Attempts, "10.0.0.7")[0].Value, after.Of(Attempts, "10.0.0.7")[0].Value));
        Assert.All([before, after], push => Assert.Equal(firstSeen, push.Of(Attempts, "10.0.0.7")[0].StartTime));
        Assert.Equal(firstSeen + TimeSpan.FromHours(5), after.Of(Attempts, "10.0.0.8")[0].StartTime);
        Assert.All(after.Points.Where(point => point.IsCumulativeSum && point.Metric.StartsWith("smb1.", StringComparison.Ordinal) && point.Client is null), point =>
            Assert.Equal(_exporter.Begin, point.StartTime));
        Assert.All(after.Of("process.cpu.time"), point => Assert.NotEqual(0UL, point.Start));
    }

    [Fact]
    public async Task A_new_client_is_pushed_as_0_as_long_as_it_is_scraped_as_0()
    {
        await using var collector = await FakeCollector.StartAsync();
        _exporter.Variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address;
        await _exporter.StartAsync("--Exporter:BirthHold=00:02:00");
        _exporter.Source.Say(_exporter.Attempt("10.0.0.7", 3));
        await _exporter.WaitForAsync("smb1_connection_attempts_total", 0, "10.0.0.7");
        await _exporter.StopAsync();

        Assert.Equal(0, Assert.Single(collector.Taken[0].Metrics.Of(Attempts)).Value);
    }

    [Fact]
    public async Task A_client_that_was_forgotten_and_returns_begins_anew()
    {
        _exporter.Arguments.Add("--Exporter:ClientRetention=01:00:00");
        await using var collector = await FakeCollector.StartAsync();
        await CountAsync(collector, "10.0.0.7", 3);
        _exporter.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        _exporter.Clock.Advance(TimeSpan.FromHours(1));
        await _exporter.WaitForAsync("smb1_tracked_clients", 0);
        await CountAsync(null, "10.0.0.7", 1);
        await _exporter.StopAsync();

        var point = Assert.Single(collector.Taken[0].Metrics.Of(Attempts));
        Assert.Equal((1, _exporter.Clock.GetUtcNow()), (point.Value, point.StartTime));
    }

    [Fact]
    public async Task A_start_that_lies_ahead_is_not_pushed()
    {
        _exporter.Clock.SetUtcNow(new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var collector = await FakeCollector.StartAsync();
        await CountAsync(collector, "10.0.0.7", 3);
        await _exporter.StopAsync();

        Assert.Equal(0UL, collector.Taken[0].Metrics.Of(Attempts, "10.0.0.7")[0].Start);
    }

    [Theory]
    [InlineData("http/protobuf", "none")]
    [InlineData("http/protobuf", "gzip")]
    [InlineData("grpc", "none")]
    [InlineData("grpc", "gzip")]
    public async Task Both_protocols_work_compressed_or_not_with_headers(string protocol, string compression)
    {
        await using var collector = await FakeCollector.StartAsync(protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        _exporter.Variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        _exporter.Variables["OTEL_EXPORTER_OTLP_COMPRESSION"] = compression;
        _exporter.Variables["OTEL_EXPORTER_OTLP_HEADERS"] = "Authorization=Bearer%20s3cret";
        await CountAsync(collector, "10.0.0.7", 3);
        await _exporter.StopAsync();

        var pushed = Assert.Single(collector.Taken);
        Assert.Equal(protocol == "grpc" ? "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" : "/v1/metrics", pushed.Path);
        Assert.Equal("Bearer s3cret", pushed.Headers["Authorization"]);
        Assert.Equal(compression == "gzip" ? "gzip" : null, pushed.Headers.GetValueOrDefault(protocol == "grpc" ? "grpc-encoding" : "Content-Encoding"));
        Assert.Equal(3, Assert.Single(pushed.Metrics.Of(Attempts)).Value);
    }

    [Fact]
    public async Task It_is_pushed_every_interval()
    {
        await using var collector = await FakeCollector.StartAsync();
        _exporter.Variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        await CountAsync(collector, "10.0.0.7", 3);
        await collector.WhenTakenAsync(metrics => metrics.Of(Attempts, "10.0.0.7") is [{ Value: 3 }], "a push of three attempts");
        await CountAsync(null, "10.0.0.7", 1, total: 4);
        await collector.WhenTakenAsync(metrics => metrics.Of(Attempts, "10.0.0.7") is [{ Value: 4 }], "a push of four attempts");
    }

    [Fact]
    public async Task A_failing_endpoint_is_told_once_and_again_when_it_works_and_loses_nothing()
    {
        await using var collector = await FakeCollector.StartAsync();
        collector.Refuse = context =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return context.Response.WriteAsync($"no such user: {context.Request.Headers.Authorization}");
        };
        _exporter.Variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        _exporter.Variables["OTEL_EXPORTER_OTLP_HEADERS"] = "Authorization=s3cret";
        await CountAsync(collector, "10.0.0.7", 3);
        await _exporter.WhenLoggedAsync("cannot be pushed");
        var refused = 0;
        collector.Refuse = context =>
        {
            Interlocked.Increment(ref refused);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        };
        await Eventually.GetAsync(() => Task.FromResult(refused), times => times >= 2, "two more pushes");
        await CountAsync(null, "10.0.0.7", 1, total: 4);
        collector.Refuse = null;
        await _exporter.WhenLoggedAsync("are pushed to", "again");

        var told = Logged("cannot be pushed").Single();
        Assert.Contains($"{collector.Address}/v1/metrics: HTTP 401 ('no such user: ***'). Check OTEL_EXPORTER_OTLP_HEADERS", told, StringComparison.Ordinal);
        Assert.Equal(4, collector.Taken[0].Metrics.Of(Attempts, "10.0.0.7")[0].Value);
    }

    [Fact]
    public async Task An_endpoint_that_nobody_listens_on_and_one_that_is_no_gRPC_server_are_told_with_a_remedy()
    {
        await using (var collector = await FakeCollector.StartAsync())
        {
            _exporter.Variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            await CountAsync(collector, "10.0.0.7", 1);
            await _exporter.StopAsync();
        }

        Assert.Contains("OTEL_EXPORTER_OTLP_PROTOCOL", Logged("cannot be pushed").Single(), StringComparison.Ordinal);
        _exporter.Variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        await _exporter.StartAsync();
        await _exporter.StopAsync();
        Assert.Contains("Check OTEL_EXPORTER_OTLP_ENDPOINT, that the receiver runs", Logged("cannot be pushed")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_gRPC_server_refuses_is_told_with_its_reason()
    {
        await using var collector = await FakeCollector.StartAsync(HttpProtocols.Http2);
        collector.Refuse = context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "16";
            context.Response.Headers["grpc-message"] = "who%20are%20you";
            return Task.CompletedTask;
        };
        _exporter.Variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        await CountAsync(collector, "10.0.0.7", 1);
        await _exporter.StopAsync();

        Assert.Contains("gRPC status 16 ('who are you'). Check OTEL_EXPORTER_OTLP_HEADERS", Logged("cannot be pushed").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_page_is_not_taken_for_a_receiver()
    {
        await using var collector = await FakeCollector.StartAsync();
        collector.Refuse = context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync("<h1>Sign in</h1>");
        };
        await CountAsync(collector, "10.0.0.7", 1);
        await _exporter.StopAsync();

        Assert.Contains("the answer is a web page", Logged("cannot be pushed").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_that_the_endpoint_leaves_out_are_told()
    {
        await using var collector = await FakeCollector.StartAsync();
        collector.Answer = [0x0A, 0x09, 0x08, 0x02, 0x12, 0x05, .. "limit"u8];
        await CountAsync(collector, "10.0.0.7", 1);
        await _exporter.StopAsync();

        Assert.Contains("left out 2 values: limit", Logged("took the metrics").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_that_have_no_effect_without_an_endpoint_are_told()
    {
        _exporter.Variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        await _exporter.StartAsync();

        Assert.Contains("OTEL_EXPORTER_OTLP_PROTOCOL has no effect", Logged("Nothing is pushed").Single(), StringComparison.Ordinal);
    }

    private async Task CountAsync(FakeCollector? collector, string client, long count, long? total = null)
    {
        if (collector is not null)
        {
            _exporter.Variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address;
            await _exporter.StartAsync();
        }

        _exporter.Source.Say(_exporter.Attempt(client, count));
        await _exporter.WaitForAsync("smb1_connection_attempts_total", total ?? count, client);
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);
    }

    private IReadOnlyList<string> Logged(string part) =>
        [.. _exporter.Logs.GetSnapshot().Select(record => record.Message).Where(message => message.Contains(part, StringComparison.Ordinal))];

    // As Prometheus names what it receives: https://prometheus.io/docs/guides/opentelemetry/
    private static string AsSample(PushedPoint point)
    {
        var unit = point.Unit == "s" ? "_seconds" : "";
        var total = point.IsCumulativeSum ? "_total" : "";
        var labels = point.Attributes.Select(pair => KeyValuePair.Create(pair.Key.Replace('.', '_'), pair.Value));
        return $"{point.Metric.Replace('.', '_')}{unit}{total} {Sorted(labels)} {point.Value}";
    }

    private static string Sorted(IEnumerable<KeyValuePair<string, string>> labels) =>
        string.Join(',', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
}
