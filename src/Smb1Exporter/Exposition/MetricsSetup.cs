using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Smb1Exporter.Counting;

namespace Smb1Exporter.Exposition;

/// <summary>OpenTelemetry behind /metrics.</summary>
internal static class MetricsSetup
{
    /// <summary>Series of one metric beside those of clients: reasons of read errors, and room.</summary>
    private const int OtherSeries = 100;

    private const string InstanceIdAttribute = "service.instance.id";

    public static void AddSmb1Metrics(this IServiceCollection services)
    {
        services.AddSingleton<Smb1Metrics>();
        services.AddSingleton<MetricsEndpoint>();
        services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddMeter(Smb1Metrics.MeterName)
                .AddProcessInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter(options =>
                {
                    options.ScrapeResponseCacheDurationMilliseconds = 0;
                    options.ScopeInfoEnabled = false;
                    options.ResourceConstantLabels = Smb1Metrics.IsLabelOfAll;
                }));
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) =>
        {
            var limit = LimitOf(provider);
            metrics
                .SetResourceBuilder(DescribeSource(provider))
                .AddView(instrument => ProcessMetrics.IsUnwanted(instrument)
                    ? MetricStreamConfiguration.Drop
                    : new MetricStreamConfiguration { CardinalityLimit = ClientFamilies.Has(instrument.Name) ? limit : OtherSeries });
        });
    }

    // Two machines of one name are told apart by the installation, which is the label "instance" of what is pushed.
    private static ResourceBuilder DescribeSource(IServiceProvider provider)
    {
        var installation = provider.GetRequiredService<AttemptStore>().Current.InstallationId;
        return ResourceBuilder.CreateEmpty()
            .AddAttributes([new(InstanceIdAttribute, installation)])
            .AddAttributes(provider.GetRequiredService<Resource>().Attributes);
    }

    /// <summary>So many clients may have series at one time, and as many in place of those that are forgotten until the meter is made anew.</summary>
    internal static int LimitOf(IServiceProvider provider)
    {
        // More than the cap allows may be known already: it can be lowered from one start to the next.
        var most = Math.Max(provider.GetRequiredService<CountingOptions>().MaxClients, provider.GetRequiredService<AttemptStore>().Current.Clients.Length);
        return (2 * most) + OtherSeries;
    }
}
