using Smb1Exporter.Auditing;
using Smb1Exporter.Exposition;
using Smb1Exporter.Pages;

namespace Smb1Exporter.Hosting;

/// <summary>What the exporter answers over HTTP.</summary>
internal static class ExporterEndpoints
{
    /// <summary>Answers as long as the program does.</summary>
    internal const string HealthPath = "/-/healthy";

    public static void MapExporterEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var recorder = endpoints.ServiceProvider.GetRequiredService<ExporterRecorder>();
        var metrics = endpoints.ServiceProvider.GetRequiredService<MetricsEndpoint>();
        endpoints.MapGetAndHead("/metrics", context => HttpMethods.IsHead(context.Request.Method) ? HeadAsync(context) : metrics.HandleAsync(context));
        endpoints.MapPages(() => recorder.Current);
        endpoints.MapGetAndHead(HealthPath, context => context.Response.WriteAsync("smb1-exporter is healthy.\n"));
        endpoints.MapGetAndHead("/-/ready", ReadyAsync);
    }

    // Values that nobody is shown are not collected.
    private static Task HeadAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return Task.CompletedTask;
    }

    private static Task ReadyAsync(HttpContext context)
    {
        var state = context.RequestServices.GetRequiredService<HostState>();
        if (state.SourceUp == true)
        {
            return context.Response.WriteAsync("smb1-exporter is ready.\n");
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync($"smb1-exporter is not ready: {state.SourceDetail}\n");
    }
}
