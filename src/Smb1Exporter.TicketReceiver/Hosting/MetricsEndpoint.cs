using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>
/// <c>/metrics</c>. Each area makes its own series with the one <see cref="Meter"/> that is added here. Their names are in OpenTelemetry's
/// notation; Prometheus sees <c>smb1_ticket_…</c>.
/// </summary>
internal static class MetricsEndpoint
{
    public static void AddMetrics(this IServiceCollection services)
    {
        // Meters are told apart by name in the whole process: two receivers in one must not count each other's events. No output shows it.
        var meterName = $"Smb1Exporter.TicketReceiver.{Guid.NewGuid():N}";
        services.AddSingleton(provider => provider.GetRequiredService<IMeterFactory>().Create(meterName));
        var telemetry = services.AddOpenTelemetry();
        telemetry.ConfigureResource(resource => resource.AddService("smb1-ticket-receiver", autoGenerateServiceInstanceId: false));
        telemetry.WithMetrics(metrics => metrics
            .AddMeter(meterName)
            .AddPrometheusExporter(prometheus =>
            {
                prometheus.ScopeInfoEnabled = false;
                prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
            }));
    }

    public static void MapMetrics(this WebApplication app)
    {
        // The counters show zero from the start only when someone already listens to them.
        app.Services.GetRequiredService<MeterProvider>();
        app.Services.GetRequiredService<AlertsMetrics>();
        app.Services.GetRequiredService<DeliveryMetrics>();
        app.Services.GetRequiredService<OutboxMetrics>();
        app.Services.GetRequiredService<BuiltInMetrics>();
        app.MapPrometheusScrapingEndpoint();
    }

    /// <summary>Answers scrapes as text. OpenMetrics would add a _created series to each counter, which nobody asks for.</summary>
    public static void UseMetricsAsText(this WebApplication app) => app.Use(AnswerAsTextAsync);

    private static Task AnswerAsTextAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.Equals("/metrics", StringComparison.Ordinal))
        {
            context.Request.Headers.Accept = "text/plain;version=0.0.4";
        }

        return next(context);
    }
}
