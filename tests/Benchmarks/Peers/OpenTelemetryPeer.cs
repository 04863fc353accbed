using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Smb1Exporter.Benchmarks.Peers;

/// <summary>OpenTelemetry with its Prometheus exporter, as its documentation has it, asked for observable instruments.</summary>
internal static class OpenTelemetryPeer
{
    private const string Name = "Peer";

    public static Action<WebApplication> Add(IServiceCollection services, List<Family> families)
    {
        var most = families.Max(family => family.All.Count);
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.Clear().AddAttributes([new("host.name", "fileserver"), new("customer", "example")]))
            .WithMetrics(metrics => metrics
                .AddMeter(Name)
                .AddView(_ => new MetricStreamConfiguration { CardinalityLimit = (2 * most) + 100 })
                .AddPrometheusExporter(options =>
                {
                    options.ScrapeResponseCacheDurationMilliseconds = 0;
                    options.ScopeInfoEnabled = false;
                    options.ResourceConstantLabels = _ => true;
                }));
        return app =>
        {
            var meter = app.Services.GetRequiredService<IMeterFactory>().Create(Name);
            families.ForEach(family => Create(meter, family));
            app.MapPrometheusScrapingEndpoint();
        };
    }

    private static void Create(Meter meter, Family family)
    {
        IEnumerable<Measurement<long>> Measure() => family.All.Select(series => new Measurement<long>(
            (long)series.Value, series.Labels.Select(label => KeyValuePair.Create<string, object?>(label.Key, label.Value)).ToArray()));
        if (family.IsCounter)
        {
            meter.CreateObservableCounter(family.Name, Measure, null, family.Help);
        }
        else
        {
            meter.CreateObservableGauge(family.Name, Measure, null, family.Help);
        }
    }
}
