namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>A program that reads /metrics, and the headers that it sends.</summary>
internal sealed record Scraper(string Name, string Path, string Accept, string? AcceptEncoding = "gzip")
{
    private const string Protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    public static IReadOnlyList<Scraper> All { get; } =
    [
        new(
            "Prometheus/3.5.0",
            "/metrics",
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
            + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"),
        new(
            "Prometheus/3.5.0 (native histograms)",
            "/metrics",
            $"{Protobuf};q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"),
        new(
            "Prometheus/2.42.0",
            "/metrics",
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
        new("otelcol-contrib/0.140.0", "/metrics", Protobuf),
        new("vm_promscrape", "/metrics", "text/plain;version=0.0.4;q=1,*/*;q=0.1"),
        new("GrafanaAlloy/v1.9.0", "/metrics?collect[]=cpu&collect[]=os", "text/plain;version=0.0.4;q=1,*/*;q=0.1"),
        new("Mozilla/5.0", "/metrics", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "gzip, deflate, br, zstd"),
        new("curl/7.88.1", "/metrics?name[]=smb1_connection_attempts_total", "*/*", null),
    ];

    public async Task<HttpResponseMessage> ScrapeAsync(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.TryAddWithoutValidation("User-Agent", Name);
        request.Headers.TryAddWithoutValidation("Accept", Accept);
        request.Headers.TryAddWithoutValidation("X-Prometheus-Scrape-Timeout-Seconds", "10");
        if (AcceptEncoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", AcceptEncoding);
        }

        return await http.SendAsync(request);
    }

    public override string ToString() => Name;
}
