using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Smb1Exporter.Counting;

namespace Smb1Exporter.Exposition;

/// <summary>OpenTelemetry behind /metrics.</summary>
internal static class MetricsSetup
{
    /// <summary>Series of one metric beside those of clients: reasons of read errors, and room.</summary>
    private const int OtherSeries = 100;

    public static void AddSmb1Metrics(this IServiceCollection services)
    {
        services.AddSingleton<Smb1Metrics>();
        services.AddSingleton<MetricsEndpoint>();
        services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddMeter(Smb1Metrics.MeterName)
                .AddPrometheusExporter(options =>
                {
                    options.ScrapeResponseCacheDurationMilliseconds = 0;
                    options.ScopeInfoEnabled = false;
                    options.ResourceConstantLabels = key => key is Smb1Metrics.HostNameAttribute or Smb1Metrics.CustomerAttribute;
                }));
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
        {
            var limit = LimitOf(provider);
            metrics
                .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes(provider.GetRequiredService<Resource>().Attributes))
                .AddView(instrument => new MetricStreamConfiguration { CardinalityLimit = Smb1Metrics.IsPerClient(instrument) ? limit : OtherSeries });
        });
    }

    /// <summary>So many clients may have series at one time, and as many in place of those that are forgotten until the meter is made anew.</summary>
    internal static int LimitOf(IServiceProvider provider)
    {
        // More than the cap allows may be known already: it can be lowered from one start to the next.
        var most = Math.Max(provider.GetRequiredService<CountingOptions>().MaxClients, provider.GetRequiredService<AttemptStore>().Current.Clients.Length);
        return (2 * most) + OtherSeries;
    }
}
