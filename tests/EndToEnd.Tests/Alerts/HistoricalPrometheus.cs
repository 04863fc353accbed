using System.Globalization;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>A real Prometheus on samples of the past, so that nothing has to be waited for.</summary>
internal sealed class HistoricalPrometheus : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private PrometheusServer? _server;

    private HistoricalPrometheus()
    {
    }

    /// <summary>The server itself.</summary>
    public PrometheusServer Server => _server!;

    /// <param name="openMetrics">Lines of OpenMetrics text with timestamps.</param>
    /// <param name="recorded">When and how often the shipped recording rules ran.</param>
    public static async Task<HistoricalPrometheus> StartAsync(IEnumerable<string> openMetrics, params IReadOnlyList<Recorded> recorded)
    {
        var prometheus = new HistoricalPrometheus();
        try
        {
            await prometheus.LoadAsync(openMetrics);
            await prometheus.StartAsync();
            foreach (var rules in recorded.Count == 0 ? [] : Levels(ShippedFiles.RecordingRules))
            {
                await prometheus.RecordAsync(rules, recorded);
            }

            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="PrometheusServer.QueryAsync" />
    public Task<IReadOnlyList<PrometheusSample>> QueryAsync(string expression, DateTimeOffset at) =>
        Server.QueryAsync(expression, at.ToUnixTimeSeconds());

    /// <summary>Lets it go on from now with a configuration, its past behind it.</summary>
    public async Task GoOnAsync(string configuration)
    {
        await StopAsync();
        await StartAsync(configuration);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    /// <summary>First the rules that read no recorded series, then those that read only what is recorded by then, and so on.</summary>
    private static IEnumerable<IReadOnlyList<AlertRule>> Levels(IReadOnlyList<AlertRule> rules)
    {
        var waiting = rules.ToList();
        while (waiting.Count > 0)
        {
            var names = waiting.Select(rule => rule.Record).ToHashSet();
            var now = waiting.Where(rule => !SeriesNames.InExpression(rule.Expression).Any(names.Contains)).ToList();
            Assert.NotEmpty(now);
            yield return now;
            waiting = [.. waiting.Except(now)];
        }
    }

    /// <summary>Evaluates rules at their times and keeps the answers, as Prometheus would have done by and by.</summary>
    private async Task RecordAsync(IReadOnlyList<AlertRule> rules, IReadOnlyList<Recorded> recorded)
    {
        var samples = new List<string>();
        foreach (var (rule, stretch) in rules.SelectMany(rule => recorded.Select(stretch => (rule, stretch))))
        {
            foreach (var (series, points) in await Server.QueryRangeAsync(rule.Expression, stretch.From, stretch.To, stretch.Every))
            {
                var labels = string.Join(',', series.Labels.Concat(rule.Labels).Select(label => $"{label.Key}=\"{label.Value}\""));
                samples.AddRange(points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{rule.Record}{{{labels}}} {point.Value} {point.Time}")));
            }
        }

        // A start is when new blocks are found at once.
        await StopAsync();
        await LoadAsync(samples);
        await StartAsync();
    }

    private async Task LoadAsync(IEnumerable<string> openMetrics)
    {
        await File.WriteAllLinesAsync(_folder["samples.txt"], openMetrics.Append("# EOF"));

        // A longest block of more than the whole history: promtool reads the text once for every block.
        await CommandLine.SucceedsAsync(
            _folder.Path, "promtool", "tsdb", "create-blocks-from", "--max-block-duration=5000h", "openmetrics", "samples.txt", "data");
        File.Delete(_folder["samples.txt"]);
    }

    private async Task StartAsync(string configuration = "global: {}\n") =>
        _server = await PrometheusServer.StartAsync(_folder.Path, configuration, "--storage.tsdb.retention.time=100y");

    private async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }

    /// <summary>A stretch of time in which the recording rules ran.</summary>
    internal sealed record Recorded(DateTimeOffset From, DateTimeOffset To, TimeSpan Every);
}
