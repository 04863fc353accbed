using Microsoft.Data.Sqlite;
using OpenTelemetry.Resources;
using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.Serving;
using Smb1Exporter.State;
using Smb1Exporter.Verdicts;

namespace Smb1Exporter.Exposition;

/// <summary>
/// Answers scrapes. Who ask at the same time share one answer: it lets the series rise that may, stores that, and only then shows it. That a
/// series was scraped counts once an answer has gone out whole.
/// </summary>
internal sealed partial class MetricsEndpoint : IDisposable
{
    private readonly AttemptStore _store;
    private readonly BirthHold _birthHold;
    private readonly HostState _hostState;
    private readonly CountingOptions _options;
    private readonly VerdictOptions _verdict;
    private readonly TimeProvider _timeProvider;
    private readonly IServiceProvider _services;
    private readonly ILogger<MetricsEndpoint> _logger;
    private readonly AnswerWriter _writer;
    private readonly MetricsPipeline _pipeline;
    private readonly Smb1Metrics _metrics;
    private readonly SharedAnswer<Scrape> _shared;
    private volatile Exposition _current;

    public MetricsEndpoint(
        AttemptStore store,
        BirthHold birthHold,
        HostState hostState,
        CountingOptions options,
        VerdictOptions verdict,
        Resource resource,
        AnswerWriter writer,
        TimeProvider timeProvider,
        IHostApplicationLifetime lifetime,
        IServiceProvider services,
        ILogger<MetricsEndpoint> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(lifetime);
        (_store, _birthHold, _hostState, _options, _verdict) = (store, birthHold, hostState, options, verdict);
        (_writer, _timeProvider, _services, _logger) = (writer, timeProvider, services, logger);
        _current = Picture(store.Current);
        _metrics = new Smb1Metrics(() => _current);
        _pipeline = new MetricsPipeline(services, resource, options.MaxClients);
        _shared = new SharedAnswer<Scrape>(RenderAsync, lifetime.ApplicationStopping);
    }

    public async Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var scrape = await _shared.GetAsync(context.RequestAborted);
        context.Response.StatusCode = scrape.Status;
        foreach (var header in scrape.Headers)
        {
            context.Response.Headers[header.Key] = header.Value;
        }

        await _writer.WriteAsync(context, scrape.Body);
        if (scrape.Status == StatusCodes.Status200OK && !context.RequestAborted.IsCancellationRequested)
        {
            _birthHold.Scraped(SeriesNames.All(scrape.Totals).Select(series => series.Name));
        }
    }

    public void Dispose()
    {
        _pipeline.Dispose();
        _metrics.Dispose();
    }

    // OpenTelemetry would write to each client by itself, and keep the others waiting until a slow one has taken its answer.
    private async Task<Scrape> RenderAsync(CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = _services, RequestAborted = cancellationToken };
        context.Request.Method = HttpMethods.Get;
        context.Response.Body = body;
        var totals = Rise();
        _current = Picture(totals);
        await _pipeline.CollectAsync(context, totals.Clients);
        return new Scrape(context.Response.StatusCode, context.Response.Headers, body.ToArray(), totals);
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

    /// <summary>An answer, and the totals that it shows.</summary>
    private sealed record Scrape(int Status, IHeaderDictionary Headers, ReadOnlyMemory<byte> Body, AttemptTotals Totals);

    private static partial class Log
    {
        [LoggerMessage(EventId = 400, Level = LogLevel.Error, Message =
            "The state file cannot be written, so new attempts are not shown on /metrics; free some disk space or check the rights on it")]
        public static partial void NotStored(ILogger logger, Exception exception);
    }
}
