using Smb1Exporter.Auditing;
using Smb1Exporter.Exposition;
using Smb1Exporter.Pages;

namespace Smb1Exporter.Hosting;

/// <summary>What the exporter answers over HTTP.</summary>
internal static class ExporterEndpoints
{
    /// <summary>Answers as long as the program does.</summary>
    internal const string HealthPath = "/-/healthy";

    public static void MapExporterEndpoints(this WebApplication endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var recorder = endpoints.Services.GetRequiredService<ExporterRecorder>();
        endpoints.MapGetAndHead(MetricsEndpoint.Path, endpoints.Services.GetRequiredService<MetricsEndpoint>().HandleAsync);
        endpoints.MapPages(() => recorder.Current);
        endpoints.MapGetAndHead(HealthPath, context => context.Response.WriteAsync("smb1-exporter is healthy.\n"));
        endpoints.MapGetAndHead("/-/ready", ReadyAsync);
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
