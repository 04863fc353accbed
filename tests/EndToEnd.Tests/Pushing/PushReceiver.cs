using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Pushing;

/// <summary>
/// What takes the pushes of a test, and the Prometheus with the shipped rules in which they end. It is away until it is started, and keeps its port and
/// what it stored when it ends and starts again.
/// </summary>
internal sealed class PushReceiver : IAsyncDisposable
{
    /// <summary>vmagent takes the pushes and writes them to a Prometheus that stays.</summary>
    public const string Vmagent = "vmagent";

    /// <summary>Prometheus takes them itself.</summary>
    public const string OfPrometheus = "Prometheus";

    private static readonly Uri Nobody = new("http://127.0.0.1:9");
    private readonly Site _site;
    private readonly bool _itself;
    private readonly int _port = FreePorts.Next();
    private PrometheusServer? _prometheus;
    private VmagentServer? _vmagent;

    private PushReceiver(Site site, bool itself) => (_site, _itself) = (site, itself);

    /// <summary>For OTEL_EXPORTER_OTLP_ENDPOINT.</summary>
    public string Endpoint => _itself ? PrometheusServer.EndpointOn(_port) : VmagentServer.EndpointOn(_port);

    public PrometheusServer Prometheus => _prometheus ?? throw new InvalidOperationException("It was not started");

    /// <summary>Skips the test where the program cannot be had.</summary>
    /// <param name="kind">One of the constants.</param>
    public static PushReceiver Of(Site site, string kind)
    {
        var itself = kind == OfPrometheus;
        var missing = itself ? PrometheusServer.TakingPushesMissing : VmagentServer.Missing;
        Assert.SkipWhen(missing is not null, missing ?? "");
        return site.Own(new PushReceiver(site, itself));
    }

    /// <param name="exporters">What Prometheus scrapes, too.</param>
    public async Task StartAsync(params IEnumerable<Uri> exporters)
    {
        var configuration = ProductFiles.Prometheus(
            Nobody, Nobody, exporters.DefaultIfEmpty(Nobody), rules: ProductFiles.RulesInSeconds(_site["smb1.rules.yml"]));
        var folder = _site.Subfolder("prometheus");
        if (_itself)
        {
            _prometheus = await PrometheusServer.StartTakingPushesAsync(folder, configuration, _port);
        }
        else
        {
            _prometheus ??= await PrometheusServer.StartAsync(folder, configuration, "--web.enable-remote-write-receiver");
            _vmagent = await VmagentServer.StartAsync(_site.Subfolder("vmagent"), _prometheus.Address, _port);
        }
    }

    /// <summary>Nobody takes pushes until it is started again.</summary>
    public ValueTask EndAsync() => _itself ? Prometheus.DisposeAsync() : _vmagent!.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await (_vmagent?.DisposeAsync() ?? default);
        await (_prometheus?.DisposeAsync() ?? default);
    }
}
