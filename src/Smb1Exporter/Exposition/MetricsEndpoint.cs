using System.Buffers;
using OpenTelemetry.Metrics;
using Smb1Exporter.Serving;

namespace Smb1Exporter.Exposition;

/// <summary>
/// Answers scrapes. OpenTelemetry's endpoint would write to each client by itself, and keep all others waiting until a slow one has taken its
/// answer: so it is asked once for all who ask at the same time, and they get the same bytes, each at its own pace. What it wrote of the SMB1
/// clients is kept, and sent again while nothing of them has changed; the rest, of which times move by themselves, is collected for each answer.
/// </summary>
internal sealed class MetricsEndpoint
{
    /// <summary>Where scrapes are answered.</summary>
    public const string Path = "/metrics";

    // Under OpenMetrics every counter would bring a _created series of no use: it is that of the instrument.
    private const string Format = "text/plain;version=0.0.4";

    private readonly IServiceProvider _services;
    private readonly Smb1Metrics _metrics;
    private readonly AnswerWriter _writer;
    private readonly RequestDelegate _scrape;
    private readonly SharedAnswer<Scrape> _shared;
    private (long Version, ReadOnlyMemory<byte> Text)? _clients;

    /// <param name="services">The program's.</param>
    /// <param name="provider">What is collected.</param>
    /// <param name="metrics">Its instruments, which must be there before the first scrape.</param>
    /// <param name="writer">Writes answers.</param>
    /// <param name="lifetime">Ends rendering with the program.</param>
    public MetricsEndpoint(IServiceProvider services, MeterProvider provider, Smb1Metrics metrics, AnswerWriter writer, IHostApplicationLifetime lifetime)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(lifetime);
        (_services, _metrics, _writer) = (services, metrics, writer);
        _scrape = new ApplicationBuilder(services)
            .UseOpenTelemetryPrometheusScrapingEndpoint(provider, _ => true, path: null, configureBranchedPipeline: null, optionsName: null)
            .Build();
        _shared = new SharedAnswer<Scrape>(RenderAsync, lifetime.ApplicationStopping);
    }

    public async Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var scrape = await _shared.GetAsync(context.RequestAborted);
        context.Response.ContentType = scrape.ContentType;
        await _writer.WriteAsync(context, scrape.Body);
    }

    // One at a time.
    private async Task<Scrape> RenderAsync(CancellationToken cancellationToken)
    {
        var known = new KnownClients(_clients?.Version);
        _metrics.Prepare(known);
        var (contentType, body) = await CollectAsync(cancellationToken);
        var found = ClientFamilies.Find(body.Span);
        var place = found ?? (body.Length..);
        if (!known.AreCurrent)
        {
            _clients = found is not null && known.Version is { } version ? (version, body[place]) : null;
        }

        // What is told of the process comes last.
        var process = ProcessMetrics.Find(body.Span);
        var clients = known.AreCurrent ? _clients!.Value.Text : body[place];
        return new Scrape(contentType, AnswerText.Of(body[..process.Start], body[process.End..place.Start], clients, body[place.End..], body[process]));
    }

    private async Task<(string? ContentType, ReadOnlyMemory<byte> Body)> CollectAsync(CancellationToken cancellationToken)
    {
        // Takes the answer, which is written at once, as it is.
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = _services, RequestAborted = cancellationToken };
        context.Request.Method = HttpMethods.Get;
        context.Request.Headers.Accept = Format;
        context.Response.Body = body;
        await _scrape(context);
        if (context.Response.StatusCode != StatusCodes.Status200OK)
        {
            throw new InvalidOperationException($"The metrics could not be collected: OpenTelemetry answered {context.Response.StatusCode}");
        }

        return (context.Response.ContentType, body.GetBuffer().AsMemory(0, (int)body.Length));
    }

    private sealed record Scrape(string? ContentType, ReadOnlySequence<byte> Body);
}
