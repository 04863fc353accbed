using Prometheus;

namespace Smb1Exporter.Benchmarks.Peers;

/// <summary>prometheus-net, the other library that .NET programs show metrics with; its own metrics of process and runtime are left out.</summary>
internal static class PrometheusNetPeer
{
    public static Action<WebApplication> Add(List<Family> families)
    {
        var registry = Metrics.NewCustomRegistry();
        registry.SetStaticLabels(new Dictionary<string, string> { ["host_name"] = "fileserver", ["customer"] = "example" });
        var factory = Metrics.WithCustomRegistry(registry);
        foreach (var family in families)
        {
            string[] labels = [.. family.All[0].Labels.Select(label => label.Key)];
            if (family.IsCounter)
            {
                var counter = factory.CreateCounter(family.Name + "_total", family.Help, labels);
                family.All.ForEach(series => counter.WithLabels(ValuesOf(series)).IncTo(series.Value));
            }
            else
            {
                var gauge = factory.CreateGauge(family.Name, family.Help, labels);
                family.All.ForEach(series => gauge.WithLabels(ValuesOf(series)).Set(series.Value));
            }
        }

        return app => app.MapMetrics("/metrics", registry);
    }

    private static string[] ValuesOf(Series series) => [.. series.Labels.Select(label => label.Value)];
}
