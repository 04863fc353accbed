using OpenTelemetry.Exporter;

namespace Smb1Exporter.Pushing;

/// <summary>
/// Reads whether and where metrics are pushed. Names, meanings and defaults are those of OpenTelemetry's specification
/// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/ and …/configuration/sdk-environment-variables/); what is not supported stops the start.
/// </summary>
internal static class PushSettings
{
    /// <summary>Switches OpenTelemetry off as a whole.</summary>
    private const string Disabled = "OTEL_SDK_DISABLED";

    /// <summary>Names the exporters of metrics, with commas.</summary>
    private const string Exporters = "OTEL_METRICS_EXPORTER";

    private const int LongestTimeout = 600_000;
    private const int ShortestInterval = 1_000;
    private const int LongestInterval = 3_600_000;

    /// <summary>The endpoint's variable, without what stands before it.</summary>
    private const string Endpoint = "ENDPOINT";

    /// <summary>Reads and checks the variables.</summary>
    /// <returns>Null where nothing is to be pushed.</returns>
    /// <exception cref="StartupException">Something is wrong; each line names the variable, the value and the remedy.</exception>
    public static PushOptions? Read(IConfiguration configuration)
    {
        var variables = new PushVariables(configuration);
        CheckNotDisabled(variables);
        variables.Value<string?>(
            "OTEL_CONFIG_FILE",
            null,
            _ => throw new FormatException(),
            "read by this program. Use its settings and the variables OTEL_EXPORTER_OTLP_…, and remove it.");
        var options = IsPushWanted(variables) ? ReadOptions(variables) : null;
        variables.ThrowIfWrong();
        return options;
    }

    private static void CheckNotDisabled(PushVariables variables)
    {
        if (variables.Value(Disabled, false, ParseFlag, "true or false. Correct or remove it."))
        {
            variables.Add(
                Disabled,
                "'true' would leave /metrics empty. Remove it; to push nothing, remove OTEL_EXPORTER_OTLP_ENDPOINT or set OTEL_METRICS_EXPORTER=none.");
        }
    }

    private static bool ParseFlag(string text) => bool.TryParse(text, out var value) ? value : throw new FormatException();

    private static bool IsPushWanted(PushVariables variables)
    {
        var hasEndpoint = variables.NameForOtlp(Endpoint) is not null;
        var exporters = variables.Value<string[]?>(
            Exporters, null, ParseExporters, "a list of otlp and prometheus, or none; no other exporter is in this program. Correct it, or remove it.");
        if (exporters?.Contains("otlp") == true && !hasEndpoint)
        {
            variables.Add(Exporters, "'otlp' needs OTEL_EXPORTER_OTLP_ENDPOINT. Set it, for example to http://prometheus.example:9090/api/v1/otlp.");
        }

        return hasEndpoint && (exporters is null || exporters.Contains("otlp"));
    }

    private static string[] ParseExporters(string text)
    {
        var exporters = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var isKnown = exporters is ["none"] || Array.TrueForAll(exporters, exporter => exporter is "otlp" or "prometheus");
        return isKnown ? exporters : throw new FormatException();
    }

    private static PushOptions ReadOptions(PushVariables variables)
    {
        var protocol = variables.OtlpValue(
            "PROTOCOL", OtlpExportProtocol.HttpProtobuf, ParseProtocol, "grpc or http/protobuf. Correct it, or remove it to use http/protobuf.");
        var endpoint = ReadEndpoint(variables, protocol);
        variables.Value(
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            true,
            ParseTemporality,
            "cumulative. Totals that survive restarts have no other form. Remove it.");
        var timeout = variables.OtlpValue("TIMEOUT", TimeSpan.FromSeconds(10), ParseTimeout, Milliseconds(1, LongestTimeout));
        var exportTimeout = variables.Value("OTEL_METRIC_EXPORT_TIMEOUT", TimeSpan.FromSeconds(30), ParseTimeout, Milliseconds(1, LongestTimeout));
        return new PushOptions(endpoint, protocol)
        {
            Headers = variables.OtlpValue(
                "HEADERS", [], PushHeaders.Parse, "a list of NAME=VALUE with commas, the values percent-encoded. Correct or remove it.", isSecret: true),
            Timeout = timeout < exportTimeout ? timeout : exportTimeout,
            Interval = variables.Value(
                "OTEL_METRIC_EXPORT_INTERVAL",
                TimeSpan.FromMinutes(1),
                text => PushVariables.Milliseconds(text, ShortestInterval, LongestInterval),
                Milliseconds(ShortestInterval, LongestInterval)),
            IsCompressed = variables.OtlpValue("COMPRESSION", false, ParseCompression, "gzip or none. Correct or remove it."),
            Authorities = PushCertificates.ReadAuthorities(variables, endpoint),
            ClientCertificate = PushCertificates.ReadClientCertificate(variables, endpoint),
        };
    }

    private static string Milliseconds(int least, int most) => $"a number of milliseconds from {least} to {most}. Correct or remove it.";

    private static TimeSpan ParseTimeout(string text) => PushVariables.Milliseconds(text, 1, LongestTimeout);

    private static OtlpExportProtocol ParseProtocol(string text) => text switch
    {
        "grpc" => OtlpExportProtocol.Grpc,
        "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
        _ => throw new FormatException(),
    };

    private static bool ParseTemporality(string text) =>
        text.Equals("cumulative", StringComparison.OrdinalIgnoreCase) ? true : throw new FormatException();

    private static bool ParseCompression(string text) => text.ToUpperInvariant() switch
    {
        "GZIP" => true,
        "NONE" => false,
        _ => throw new FormatException(),
    };

    private static Uri ReadEndpoint(PushVariables variables, OtlpExportProtocol protocol)
    {
        var endpoint = variables.OtlpValue(
            Endpoint,
            new Uri("http://localhost"),
            ParseEndpoint,
            "an address that begins with http:// or https://, without a user name, such as http://prometheus.example:9090/api/v1/otlp. "
            + "Correct it, or remove it to push nothing; credentials belong into OTEL_EXPORTER_OTLP_HEADERS.");

        // The specification: a path of its own is appended to the general address, while that for metrics is taken as it is.
        return protocol == OtlpExportProtocol.Grpc || variables.NameForOtlp(Endpoint) == $"OTEL_EXPORTER_OTLP_METRICS_{Endpoint}"
            ? endpoint
            : WithPath(endpoint, "v1/metrics");
    }

    private static Uri ParseEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.UserInfo.Length == 0
        && uri.Fragment.Length == 0
            ? uri
            : throw new FormatException();

    private static Uri WithPath(Uri address, string path)
    {
        var before = address.AbsolutePath.TrimEnd('/');
        return before.EndsWith($"/{path}", StringComparison.Ordinal) ? address : new UriBuilder(address) { Path = $"{before}/{path}" }.Uri;
    }
}
