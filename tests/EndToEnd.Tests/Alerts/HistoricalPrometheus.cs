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

    /// <param name="openMetrics">Lines of OpenMetrics text with timestamps.</param>
    public static async Task<HistoricalPrometheus> StartAsync(IEnumerable<string> openMetrics)
    {
        var prometheus = new HistoricalPrometheus();
        try
        {
            await prometheus.LoadAsync(openMetrics);
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
        _server!.QueryAsync(expression, at.ToUnixTimeSeconds());

    /// <inheritdoc cref="PrometheusServer.QueryRangeAsync" />
    public Task<IReadOnlyList<int>> QueryRangeAsync(string expression, DateTimeOffset from, DateTimeOffset to) =>
        _server!.QueryRangeAsync(expression, from, to);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task LoadAsync(IEnumerable<string> openMetrics)
    {
        await File.WriteAllLinesAsync(_folder["samples.txt"], openMetrics.Append("# EOF"));
        await CommandLine.SucceedsAsync(_folder.Path, "promtool", "tsdb", "create-blocks-from", "openmetrics", "samples.txt", "data");
        _server = await PrometheusServer.StartAsync(_folder.Path, "global: {}\n", "--storage.tsdb.retention.time=100y");
    }
}
