using Microsoft.Data.Sqlite;
using OpenTelemetry.Resources;
using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.State;
using Smb1Exporter.Verdicts;

namespace Smb1Exporter.Exposition;

/// <summary>
/// Answers scrapes, one at a time: lets the series rise that may, stores that, and only then shows it. That a series was scraped counts
/// once the answer has gone out whole.
/// </summary>
internal sealed partial class MetricsEndpoint : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly AttemptStore _store;
    private readonly BirthHold _birthHold;
    private readonly HostState _hostState;
    private readonly CountingOptions _options;
    private readonly VerdictOptions _verdict;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<MetricsEndpoint> _logger;
    private readonly MetricsPipeline _pipeline;
    private readonly Smb1Metrics _metrics;
    private volatile Exposition _current;

    public MetricsEndpoint(
        AttemptStore store,
        BirthHold birthHold,
        HostState hostState,
        CountingOptions options,
        VerdictOptions verdict,
        Resource resource,
        TimeProvider timeProvider,
        IServiceProvider services,
        ILogger<MetricsEndpoint> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_store, _birthHold, _hostState, _options, _verdict) = (store, birthHold, hostState, options, verdict);
        (_timeProvider, _logger) = (timeProvider, logger);
        _current = Picture(store.Current);
        _metrics = new Smb1Metrics(() => _current);
        _pipeline = new MetricsPipeline(services, resource, options.MaxClients);
    }

    public async Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var body = context.Response.Body;
        using var answer = new MemoryStream();
        AttemptTotals totals;

        // Collected into memory, so that a slow reader holds up no other scrape.
        await _oneAtATime.WaitAsync(context.RequestAborted);
        try
        {
            totals = Rise();
            _current = Picture(totals);
            context.Response.Body = answer;
            await _pipeline.CollectAsync(context, totals.Clients);
        }
        finally
        {
            context.Response.Body = body;
            _oneAtATime.Release();
        }

        context.Response.ContentLength = answer.Length;
        answer.Position = 0;
        await answer.CopyToAsync(body, context.RequestAborted);
        await context.Response.CompleteAsync();
        if (context.Response.StatusCode == StatusCodes.Status200OK && !context.RequestAborted.IsCancellationRequested)
        {
            _birthHold.Scraped(SeriesNames.All(totals).Select(series => series.Name));
        }
    }

    public void Dispose()
    {
        _pipeline.Dispose();
        _metrics.Dispose();
        _oneAtATime.Dispose();
    }

    private AttemptTotals Rise()
    {
        try
        {
            return _store.Rise(_birthHold.MayRise);
        }
        catch (SqliteException e)
        {
            // What was shown before is still true; what is new waits.
            Log.NotStored(_logger, e);
            return _store.Current;
        }
    }

    private Exposition Picture(AttemptTotals totals) =>
        Exposition.Of(totals, _hostState, _options.MaxClients, _verdict.ReadyAfter, _timeProvider.GetUtcNow());

    private static partial class Log
    {
        [LoggerMessage(EventId = 400, Level = LogLevel.Error, Message =
            "The state file cannot be written, so new attempts are not shown on /metrics; free some disk space or check the rights on it")]
        public static partial void NotStored(ILogger logger, Exception exception);
    }
}
