using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;
using Smb1Exporter.Configuration;
using Smb1Exporter.Pushing;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Pushing;

public class PushSettingsTests
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string SomeEndpoint = "http://prometheus.example:9090/api/v1/otlp";

    [Fact]
    public void Without_an_endpoint_nothing_is_pushed() => Assert.Null(Read());

    [Theory]
    [InlineData("none")]
    [InlineData("prometheus")]
    public void An_endpoint_is_left_alone_where_the_exporters_named_do_not_push(string exporters) =>
        Assert.Null(Read((Endpoint, SomeEndpoint), ("OTEL_METRICS_EXPORTER", exporters)));

    [Fact]
    public void With_an_endpoint_the_defaults_are_those_of_the_specification()
    {
        var options = Read((Endpoint, SomeEndpoint), ("OTEL_METRICS_EXPORTER", "otlp, prometheus"), ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Cumulative"))!;

        Assert.Equal(new Uri("http://prometheus.example:9090/api/v1/otlp/v1/metrics"), options.Endpoint);
        Assert.Equal(OtlpExportProtocol.HttpProtobuf, options.Protocol);
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), false), (options.Timeout, options.Interval, options.IsCompressed));
        Assert.Empty(options.Headers);
    }

    [Theory]
    [InlineData("http://collector", "http://collector/v1/metrics")]
    [InlineData("http://collector:4318/", "http://collector:4318/v1/metrics")]
    [InlineData("https://collector/with/path/", "https://collector/with/path/v1/metrics")]
    [InlineData("https://collector/v1/metrics", "https://collector/v1/metrics")]
    [InlineData("https://collector/path?tenant=a", "https://collector/path/v1/metrics?tenant=a")]
    public void The_path_for_metrics_is_appended_to_the_general_endpoint(string endpoint, string expected) =>
        Assert.Equal(new Uri(expected), Read((Endpoint, endpoint))!.Endpoint);

    [Fact]
    public void The_endpoint_for_metrics_wins_and_is_taken_as_it_is() => Assert.Equal(
        new Uri("http://collector/take/these"), Read((Endpoint, SomeEndpoint), ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://collector/take/these"))!.Endpoint);

    [Fact]
    public void All_the_variables_have_an_effect_and_those_for_metrics_win()
    {
        var options = Read(
            (Endpoint, "http://collector:4317"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20dXNlcjpwYXNz, x-scope-orgid = a%2Cb"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "3000"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "15000"),
            ("OTEL_METRIC_EXPORT_TIMEOUT", "2000"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "none"),
            ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "gzip"))!;

        Assert.Equal((new Uri("http://collector:4317"), OtlpExportProtocol.Grpc), (options.Endpoint, options.Protocol));
        Assert.Equal([("Authorization", "Basic dXNlcjpwYXNz"), ("x-scope-orgid", "a,b")], options.Headers.Select(header => (header.Key, header.Value.Reveal())));
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15), true), (options.Timeout, options.Interval, options.IsCompressed));
    }

    [Theory]
    [InlineData(Endpoint, "prometheus.example:9090")]
    [InlineData(Endpoint, "ftp://prometheus.example")]
    [InlineData(Endpoint, "http://user:pass@prometheus.example")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "collector")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "GRPC")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "10s")]
    [InlineData("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "lowmemory")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "0")]
    [InlineData("OTEL_METRIC_EXPORT_TIMEOUT", "-1")]
    [InlineData("OTEL_METRICS_EXPORTER", "console")]
    [InlineData("OTEL_METRICS_EXPORTER", "none,otlp")]
    [InlineData("OTEL_SDK_DISABLED", "yes")]
    [InlineData("OTEL_CONFIG_FILE", "/etc/otel.yaml")]
    public void A_wrong_value_stops_the_start_with_variable_value_and_remedy(string variable, string value)
    {
        var message = Assert.Throws<StartupException>(() => Read((Endpoint, SomeEndpoint), (variable, value))).Message;

        Assert.Contains($"{variable}: '{value}' is not ", message, StringComparison.Ordinal);
        Assert.Contains("emove it", message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var message = Assert.Throws<StartupException>(() => Read((Endpoint, "x"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "y"), ("OTEL_METRIC_EXPORT_INTERVAL", "z"))).Message;

        Assert.All(["'x'", "'y'", "'z'"], value => Assert.Contains(value, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Disabling_OpenTelemetry_stops_the_start_instead_of_leaving_the_metrics_empty() => Assert.Contains(
        "OTEL_SDK_DISABLED: 'true' would leave /metrics empty. Remove it",
        Assert.Throws<StartupException>(() => Read(("OTEL_SDK_DISABLED", "True"))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void To_push_without_an_endpoint_stops_the_start() => Assert.Contains(
        "OTEL_METRICS_EXPORTER: 'otlp' needs OTEL_EXPORTER_OTLP_ENDPOINT",
        Assert.Throws<StartupException>(() => Read(("OTEL_METRICS_EXPORTER", "otlp"))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("s3cret")]
    [InlineData("content-type=s3cret")]
    [InlineData("authorization=s3cret%0D%0Ax: y")]
    [InlineData("bad name=s3cret")]
    public void Headers_that_cannot_be_sent_stop_the_start_without_giving_them_away(string headers)
    {
        var message = Assert.Throws<StartupException>(() => Read((Endpoint, SomeEndpoint), ("OTEL_EXPORTER_OTLP_HEADERS", headers))).Message;

        Assert.Contains("OTEL_EXPORTER_OTLP_HEADERS: the value is not ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificates_that_cannot_be_read_or_have_no_effect_stop_the_start()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["empty.pem"], "");

        Assert.Contains(
            $"OTEL_EXPORTER_OTLP_CERTIFICATE: '{folder["empty.pem"]}' is not a readable PEM file", FailureOf("OTEL_EXPORTER_OTLP_CERTIFICATE", folder["empty.pem"]), StringComparison.Ordinal);
        Assert.Contains(
            $"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: '{folder["none.pem"]}' is not a readable PEM file",
            FailureOf("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", folder["none.pem"]),
            StringComparison.Ordinal);
        Assert.Contains("OTEL_EXPORTER_OTLP_CLIENT_KEY: a key needs a certificate", FailureOf("OTEL_EXPORTER_OTLP_CLIENT_KEY", "x"), StringComparison.Ordinal);
        Assert.Contains(
            "OTEL_EXPORTER_OTLP_CERTIFICATE: has no effect without TLS",
            Assert.Throws<StartupException>(() => Read((Endpoint, SomeEndpoint), ("OTEL_EXPORTER_OTLP_CERTIFICATE", folder["empty.pem"]))).Message,
            StringComparison.Ordinal);

        static string FailureOf(string variable, string value) =>
            Assert.Throws<StartupException>(() => Read((Endpoint, "https://collector"), (variable, value))).Message;
    }

    private static PushOptions? Read(params (string Name, string Value)[] variables)
    {
        using var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(
            variables.GroupBy(variable => variable.Name).Select(same => KeyValuePair.Create(same.Key, (string?)same.Last().Value)));
        return PushSettings.Read(configuration);
    }
}
