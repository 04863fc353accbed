using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>A real Prometheus on samples of the past, so that nothing has to be waited for.</summary>
internal sealed class HistoricalPrometheus : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _process;
    private readonly HttpClient _http;

    private HistoricalPrometheus(TemporaryFolder folder, Process process, HttpClient http) =>
        (_folder, _process, _http) = (folder, process, http);

    /// <param name="openMetrics">Lines of OpenMetrics text with timestamps.</param>
    public static async Task<HistoricalPrometheus> StartAsync(IEnumerable<string> openMetrics)
    {
        var folder = new TemporaryFolder();
        await File.WriteAllLinesAsync(folder["samples.txt"], openMetrics.Append("# EOF"));
        await File.WriteAllTextAsync(folder["prometheus.yml"], "global: {}\n");
        await CommandLine.SucceedsAsync(
            folder.Path, "promtool", "tsdb", "create-blocks-from", "openmetrics", "samples.txt", "data");

        var port = FreePort();
        var start = new ProcessStartInfo("prometheus")
        {
            WorkingDirectory = folder.Path,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=data",
                "--storage.tsdb.retention.time=100y",
                $"--web.listen-address=127.0.0.1:{port}",
            },
        };
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        var prometheus = new HistoricalPrometheus(
            folder, process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") });
        try
        {
            await Eventually.GetAsync(prometheus.IsReadyAsync, ready => ready, "Prometheus is ready");
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }

        return prometheus;
    }

    /// <summary>The result of an instant query: the labels of each series and its value.</summary>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, double Value)>> QueryAsync(
        string expression, DateTimeOffset at)
    {
        var result = await GetAsync("query", expression, ("time", Seconds(at)));
        return [.. result.Select(series => (Labels(series), Value(series.GetProperty("value"))))];
    }

    /// <summary>The result of a range query: the number of points of each series.</summary>
    public async Task<IReadOnlyList<int>> QueryRangeAsync(string expression, DateTimeOffset from, DateTimeOffset to)
    {
        var result = await GetAsync("query_range", expression, ("start", Seconds(from)), ("end", Seconds(to)), ("step", "60"));
        return [.. result.Select(series => series.GetProperty("values").GetArrayLength())];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Labels(JsonElement series) =>
        series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);

    private static double Value(JsonElement point) => double.Parse(point[1].GetString()!, CultureInfo.InvariantCulture);

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await _http.GetAsync("-/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return false;
        }
    }

    private async Task<List<JsonElement>> GetAsync(string kind, string expression, params (string Name, string Value)[] arguments)
    {
        using var form = new FormUrlEncodedContent(
            arguments.Append(("query", expression)).Select(argument => KeyValuePair.Create(argument.Item1, argument.Item2)));
        using var response = await _http.PostAsync($"api/v1/{kind}", form, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{expression}\n{body}");
        return [.. JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("result").EnumerateArray()];
    }
}
