using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Smb1Exporter.State;

namespace Smb1Exporter.Exposition;

/// <summary>
/// The OpenTelemetry pipeline behind /metrics. OpenTelemetry never frees the place of a series that went away, so the pipeline is built
/// anew before forgotten clients have used up its limit and their successors would end in its overflow series. Not thread-safe.
/// </summary>
internal sealed class MetricsPipeline : IDisposable
{
    private readonly IServiceProvider _services;
    private readonly Resource _resource;
    private readonly int _maxClients;
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly HashSet<(string Address, string Name)> _named = [];
    private MeterProvider? _provider;
    private int _limit;
    private RequestDelegate? _handler;

    public MetricsPipeline(IServiceProvider services, Resource resource, int maxClients)
    {
        _services = services;
        _resource = resource;
        _maxClients = maxClients;
    }

    /// <summary>Collects, and writes the text format to the response.</summary>
    /// <param name="context">The scrape.</param>
    /// <param name="clients">The clients that will be reported.</param>
    public Task CollectAsync(HttpContext context, IReadOnlyCollection<ClientTotals> clients)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(clients);
        Remember(clients);
        if (_handler is null || _reported.Count > _limit || _named.Count > _limit)
        {
            // More than the cap allows may be known already: it can be lowered from one start to the next.
            _limit = (2 * Math.Max(_maxClients, clients.Count)) + 1;
            Build();
            _reported.Clear();
            _named.Clear();
            Remember(clients);
        }

        // Text format 0.0.4: under OpenMetrics every counter would bring a _created series of no use (it is that of the instrument).
        context.Request.Headers.Accept = "text/plain;version=0.0.4";
        return _handler!(context);
    }

    public void Dispose() => _provider?.Dispose();

    private void Remember(IReadOnlyCollection<ClientTotals> clients)
    {
        _reported.UnionWith(clients.Select(client => client.Address));
        _named.UnionWith(clients.Where(client => client.Name is not null).Select(client => (client.Address, client.Name!)));
    }

    private void Build()
    {
        _provider?.Dispose();
        _provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes(_resource.Attributes))
            .AddMeter(Smb1Metrics.MeterName)
            .AddView(instrument => new MetricStreamConfiguration { CardinalityLimit = Smb1Metrics.IsPerClient(instrument) ? _limit : 100 })
            .AddPrometheusExporter(options =>
            {
                options.ScrapeResponseCacheDurationMilliseconds = 0;
                options.ScopeInfoEnabled = false;
                options.ResourceConstantLabels = key => key is Smb1Metrics.HostNameAttribute or Smb1Metrics.CustomerAttribute;
            })
            .Build();
        _handler = new ApplicationBuilder(_services)
            .UseOpenTelemetryPrometheusScrapingEndpoint(_provider, _ => true, path: null, configureBranchedPipeline: null, optionsName: null)
            .Build();
    }
}
