using System.Text;

namespace Smb1Exporter.Benchmarks.Peers;

/// <summary>Programs that show the same values as the exporter, with nothing else to do, made into native code like it.</summary>
internal static class Peer
{
    public const string OpenTelemetry = "opentelemetry";
    public const string PrometheusNet = "prometheus-net";
    public const string Prerendered = "prerendered";

    /// <summary>Runs until it is told to stop.</summary>
    /// <param name="kind">Which one.</param>
    /// <param name="url">Where it listens.</param>
    /// <param name="scrape">A file with a scrape of the exporter.</param>
    public static int Run(string kind, string url, string scrape)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var text = File.ReadAllText(scrape);
        Action<WebApplication> map = kind switch
        {
            OpenTelemetry => OpenTelemetryPeer.Add(builder.Services, Family.Read(text)),
            PrometheusNet => PrometheusNetPeer.Add(Family.Read(text)),
            Prerendered => Prerender(Encoding.UTF8.GetBytes(text)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such peer."),
        };
        using var app = builder.Build();
        map(app);
        app.Run();
        return 0;
    }

    private static Action<WebApplication> Prerender(byte[] body) => app => app.MapGet("/metrics", async context =>
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    });
}
