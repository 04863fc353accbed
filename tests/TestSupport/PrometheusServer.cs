using System.Globalization;
using System.Text.Json;

namespace Smb1Exporter.TestSupport;

/// <summary>A real Prometheus server (Debian package prometheus) on 127.0.0.1.</summary>
public sealed class PrometheusServer : HttpServerProcess
{
    /// <summary>Environment variable that holds the path of a Prometheus that takes pushes, which Debian's package does not; tests/run.sh --all sets it.</summary>
    private const string TakingPushesVariable = "SMB1_PROMETHEUS_OTLP";

    private PrometheusServer(ChildProcess process, int port)
        : base(process, port)
    {
    }

    /// <summary>Why none that takes pushes can be started here; null when one can.</summary>
    public static string? TakingPushesMissing => TakingPushes is null
        ? $"{TakingPushesVariable} names no Prometheus that takes pushes; tests/build-prometheus.sh builds one, as tests/run.sh --all does"
        : null;

    private static string? TakingPushes => Environment.GetEnvironmentVariable(TakingPushesVariable) is { Length: > 0 } path ? path : null;

    /// <summary>Starts it in <paramref name="folder"/>, which must exist and is the test's to remove.</summary>
    /// <param name="configuration">The text of its configuration file; paths in it are relative to the folder.</param>
    /// <param name="arguments">Further arguments of the program.</param>
    public static Task<PrometheusServer> StartAsync(string folder, string configuration, params IReadOnlyList<string> arguments) =>
        FreePorts.StartAsync(port => StartAsync("prometheus", port, folder, configuration, arguments));

    /// <summary>Starts one that takes pushes by the OpenTelemetry protocol; what is stored in the folder already is its own.</summary>
    /// <param name="port">Where it listens.</param>
    public static Task<PrometheusServer> StartTakingPushesAsync(string folder, string configuration, int port) =>
        StartAsync(TakingPushes!, port, folder, configuration, ["--web.enable-otlp-receiver"]);

    /// <summary>The endpoint of one on <paramref name="port"/> that takes pushes, as OTEL_EXPORTER_OTLP_ENDPOINT wants it.</summary>
    public static string EndpointOn(int port) => $"http://127.0.0.1:{port}/api/v1/otlp";

    /// <summary>Evaluates an expression that yields a vector or a scalar.</summary>
    /// <param name="time">The evaluation time in seconds since 1970; null for now.</param>
    public async Task<IReadOnlyList<PrometheusSample>> QueryAsync(string expression, double? time = null)
    {
        var at = time is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"&time={seconds:F3}") : "";
        using var answer = await GetAsync("query", expression, at);
        var data = answer.RootElement.GetProperty("data");
        var result = data.GetProperty("result");
        return data.GetProperty("resultType").GetString() == "scalar"
            ? [ReadSample(default, result)]
            : [.. result.EnumerateArray().Select(one => ReadSample(one.GetProperty("metric"), one.GetProperty("value")))];
    }

    /// <summary>Evaluates an expression once every <paramref name="step"/> over a stretch of time, both ends included.</summary>
    /// <returns>Per series its labels, and the times, in seconds since 1970, and values of its points.</returns>
    public async Task<IReadOnlyList<(PrometheusSample Series, IReadOnlyList<(long Time, double Value)> Points)>> QueryRangeAsync(
        string expression, DateTimeOffset from, DateTimeOffset to, TimeSpan step)
    {
        using var answer = await GetAsync(
            "query_range", expression, $"&start={from.ToUnixTimeSeconds()}&end={to.ToUnixTimeSeconds()}&step={(long)step.TotalSeconds}");
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => (
            ReadSample(series.GetProperty("metric"), series.GetProperty("values")[0]),
            (IReadOnlyList<(long, double)>)[.. series.GetProperty("values").EnumerateArray().Select(pair => ((long)pair[0].GetDouble(), Number(pair[1])))]))];
    }

    /// <summary>The values of a label on the series that <paramref name="selector"/> finds in a stretch of time.</summary>
    public async Task<IReadOnlyList<string>> LabelValuesAsync(string label, string selector, DateTimeOffset from, DateTimeOffset to)
    {
        var times = $"start={from.ToUnixTimeSeconds()}&end={to.ToUnixTimeSeconds()}";
        using var answer = JsonDocument.Parse(await Http.GetStringAsync($"/api/v1/label/{label}/values?match[]={Uri.EscapeDataString(selector)}&{times}"));
        return [.. answer.RootElement.GetProperty("data").EnumerateArray().Select(value => value.GetString()!)];
    }

    /// <summary>The times, in seconds since 1970, and values of the samples stored for the one series that <paramref name="selector"/> names.</summary>
    public async Task<IReadOnlyList<(double Time, double Value)>> StoredSamplesAsync(string selector)
    {
        using var answer = await GetAsync("query", $"{selector}[1h]", "");
        return [.. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Single()
            .GetProperty("values").EnumerateArray().Select(pair => (pair[0].GetDouble(), Number(pair[1])))];
    }

    /// <summary>The alerts the server holds, pending or firing.</summary>
    public async Task<IReadOnlyList<FiringAlert>> AlertsAsync()
    {
        using var answer = JsonDocument.Parse(await Http.GetStringAsync("/api/v1/alerts"));
        return [.. answer.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray().Select(alert => new FiringAlert(
            alert.GetProperty("state").GetString()!,
            FiringAlert.ReadTexts(alert.GetProperty("labels")),
            FiringAlert.ReadTexts(alert.GetProperty("annotations"))))];
    }

    private static async Task<PrometheusServer> StartAsync(
        string program, int port, string folder, string configuration, IReadOnlyList<string> arguments)
    {
        var file = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(file, configuration);
        var server = new PrometheusServer(
            ChildProcess.Start(
                program,
                [
                    $"--config.file={file}",
                    $"--storage.tsdb.path={Path.Combine(folder, "data")}",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--log.level=warn",

                    // Otherwise a changed annotation reaches Alertmanager only after a minute.
                    "--rules.alert.resend-delay=1s",
                    .. arguments,
                ],
                workingDirectory: folder),
            port);
        return await WhenReadyAsync(server, "/-/ready");
    }

    private async Task<JsonDocument> GetAsync(string endpoint, string expression, string times)
    {
        using var response = await Http.GetAsync($"/api/v1/{endpoint}?query={Uri.EscapeDataString(expression)}{times}");
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonDocument.Parse(text)
            : throw new InvalidOperationException($"Prometheus refuses {expression}: {text}");
    }

    private static PrometheusSample ReadSample(JsonElement metric, JsonElement pair)
    {
        var labels = metric.ValueKind == JsonValueKind.Object ? FiringAlert.ReadTexts(metric) : [];
        labels.Remove("__name__", out var name);
        return new PrometheusSample(name ?? "", labels, Number(pair[1]));
    }

    private static double Number(JsonElement text) => text.GetString() switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var number => double.Parse(number!, CultureInfo.InvariantCulture),
    };
}
