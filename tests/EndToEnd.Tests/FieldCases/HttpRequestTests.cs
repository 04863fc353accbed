using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>What scrapers, uptime checkers and load balancers really send.</summary>
public sealed partial class HttpRequestTests
{
    [FieldFact("prometheus#11159, prometheus/common#332: uptime checkers and load balancers ask with HEAD")]
    public async Task HEAD_of_the_exporters_health_says_what_GET_says()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["audit.log"], TimeProvider.System);
        log.WriteConnection("10.7.0.1", 41001);

        var exporter = await site.ExporterForLogAsync(log.Path);
        await exporter.WhenCountedAsync("10.7.0.1", 1);

        await HeadSaysWhatGetSaysAsync(exporter);
    }

    [FieldFact("prometheus#11159, prometheus/common#332: a proxy looks with HEAD before it fetches")]
    public async Task HEAD_of_the_exporters_pages_and_metrics_says_what_GET_says()
    {
        await using var site = new Site();
        var exporter = await site.ExporterForLogAsync(site["audit.log"]);

        foreach (var path in new[] { "/", "/report", "/report.csv", "/metrics" })
        {
            Assert.Equal(await AnswerAsync(HttpMethod.Get, path), await AnswerAsync(HttpMethod.Head, path));
        }

        async Task<string> AnswerAsync(HttpMethod method, string path)
        {
            using var request = new HttpRequestMessage(method, path);
            using var response = await exporter.Http.SendAsync(request);
            return $"{path}: {response.StatusCode} {response.Content.Headers.ContentType} {response.Content.Headers.ContentDisposition}";
        }
    }

    [FieldFact("prometheus#11159: a proxy looks with HEAD before it fetches")]
    public async Task HEAD_of_the_receivers_pages_and_metrics_says_what_GET_says()
    {
        await using var site = new Site();
        var receiver = await site.ReceiverAsync();

        foreach (var path in new[] { "/", "/deliveries", "/api/tickets", "/metrics", "/tickets/1" })
        {
            Assert.Equal(await StatusAsync(receiver.Http, HttpMethod.Get, path), await StatusAsync(receiver.Http, HttpMethod.Head, path));
        }
    }

    [FieldFact("prometheus#11159, prometheus/common#332: uptime checkers and load balancers ask with HEAD")]
    public async Task HEAD_of_the_receivers_health_says_what_GET_says()
    {
        await using var site = new Site();

        var receiver = await site.ReceiverAsync();

        await HeadSaysWhatGetSaysAsync(receiver);
    }

    [FieldFact("prometheus#11159, prometheus/common#332: uptime checkers and load balancers ask with HEAD")]
    public async Task HEAD_of_the_metrics_does_not_end_the_time_in_which_a_new_client_stays_at_zero()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["audit.log"], TimeProvider.System);
        log.WriteConnection("10.7.0.1", 41001);
        var exporter = await site.ExporterForLogAsync(log.Path, "--Exporter:BirthHold=00:10:00");
        await Eventually.GetAsync(
            () => exporter.Http.GetStringAsync("/report.csv"),
            report => report.Contains("\nclient,10.7.0.1,", StringComparison.Ordinal),
            "the attempt is stored");

        await StatusAsync(exporter.Http, HttpMethod.Head, "/metrics");

        Assert.Equal(0, (await exporter.ScrapeAsync()).AttemptsByClient()["10.7.0.1"]);
    }

    [FieldFact("the headers of Prometheus 2 and 3, OpenTelemetry Collector, VictoriaMetrics, Grafana Alloy and browsers")]
    public async Task Every_scraper_gets_the_figures_in_a_format_that_Prometheus_3_takes()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["audit.log"], TimeProvider.System);
        log.WriteConnection("10.7.0.31", 50445);
        log.WriteConnection("10.7.0.31", 50446);
        var exporter = await site.ExporterForLogAsync(log.Path);
        await exporter.WhenCountedAsync("10.7.0.31", 2);

        foreach (var scraper in Scraper.All)
        {
            using var response = await scraper.ScrapeAsync(exporter.Http);
            var type = response.Content.Headers.ContentType?.ToString() ?? "none";
            var text = await TextAsync(response.Content);

            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{scraper}: {response.StatusCode}");
            Assert.True(TypesOfPrometheus3.IsMatch(type), $"{scraper}: Content-Type {type}");
            Assert.True(Count.IsMatch(text), $"{scraper}: no count in {text}");
            Assert.DoesNotContain("_created", text, StringComparison.Ordinal);
            if (type.StartsWith("text/plain", StringComparison.Ordinal))
            {
                await PrometheusReadsAsync(site, text);
            }
        }
    }

    private static async Task HeadSaysWhatGetSaysAsync(HttpServerProcess server)
    {
        // Who looks whether it lives has no token.
        using var http = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(await AnswersAsync(HttpMethod.Get), await AnswersAsync(HttpMethod.Head));

        async Task<IEnumerable<string>> AnswersAsync(HttpMethod method) =>
        [
            $"/-/healthy: {await StatusAsync(http, method, "/-/healthy")}",
            $"/-/ready: {await StatusAsync(http, method, "/-/ready")}",
        ];
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<string> TextAsync(HttpContent content)
    {
        var stream = await content.ReadAsStreamAsync();
        using var reader = new StreamReader(content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            null => stream,
            "gzip" => new GZipStream(stream, CompressionMode.Decompress),
            var other => throw new NotSupportedException($"the answer is packed with {other}"),
        });
        return await reader.ReadToEndAsync();
    }

    /// <summary>Asserts that Prometheus' own tool can read it; its advice on names is another matter.</summary>
    private static async Task PrometheusReadsAsync(Site site, string text)
    {
        _ = PrometheusText.Parse(text);
        await File.WriteAllTextAsync(site["metrics"], text);
        await using var promtool = await ChildProcess.RunAsync("sh", ["-c", "promtool check metrics <\"$1\"", "sh", site["metrics"]]);
        Assert.DoesNotMatch("(?i)not found|parsing error|error while linting", promtool.Output);
    }

    [GeneratedRegex(@"^(text/plain.*version=(0\.0\.4|1\.0\.0)|application/openmetrics-text)", RegexOptions.CultureInvariant)]
    private static partial Regex TypesOfPrometheus3 { get; }

    [GeneratedRegex(
        @"^smb1_connection_attempts_total\{.*client_address=""10\.7\.0\.31"".*\} 2(\.0)?( |$)",
        RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Count { get; }
}
