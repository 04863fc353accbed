using System.Security.Cryptography.X509Certificates;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Smb1Exporter.Counting;
using Smb1Exporter.Exposition;

namespace Smb1Exporter.Pushing;

/// <summary>Pushes the series of /metrics by the OpenTelemetry protocol too.</summary>
internal static class PushRegistration
{
    // Addresses of names change.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static void AddPush(this IServiceCollection services, PushOptions options)
    {
        services.AddSingleton<PushStop>();
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) => metrics.AddReader(CreateReader(options, provider)));
    }

    private static PeriodicExportingMetricReader CreateReader(PushOptions options, IServiceProvider provider)
    {
        var store = provider.GetRequiredService<AttemptStore>();
        var payload = new MetricsPayload(Smb1Metrics.NamePrefix, Smb1Metrics.ClientAddressLabel, LabelsOf(provider.GetRequiredService<Resource>()));
        var handler = new PushHandler(
            options,
            message => payload.Complete(message.Span, new CounterStarts(store.Current)),
            Connect(options),
            provider.GetRequiredService<PushStop>().Token);

        // Headers and compression are the handler's: the exporter would take its own from the environment, and compress before the message is complete.
        var exporterOptions = new OtlpExporterOptions
        {
            Endpoint = options.Endpoint,
            Protocol = options.Protocol,
            Headers = "",
            Compression = OtlpExportCompression.None,
            TimeoutMilliseconds = (int)options.Timeout.TotalMilliseconds,
            HttpClientFactory = () => new HttpClient(handler) { Timeout = options.Timeout },
        };
        var exporter = new PushExporter(exporterOptions, options, handler, provider.GetRequiredService<ILogger<PushExporter>>());
        return new PeriodicExportingMetricReader(exporter, (int)options.Interval.TotalMilliseconds, (int)options.Timeout.TotalMilliseconds)
        {
            TemporalityPreference = MetricReaderTemporalityPreference.Cumulative,
        };
    }

    private static SocketsHttpHandler Connect(PushOptions options)
    {
        var connection = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = ConnectionLifetime,

            // A collector on this machine is not behind the proxy of this machine.
            UseProxy = !options.Endpoint.IsLoopback,
        };
        if (options.Authorities is { } authorities)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            connection.SslOptions.CertificateChainPolicy = policy;
        }

        if (options.ClientCertificate is { } certificate)
        {
            connection.SslOptions.ClientCertificates = [certificate];
        }

        return connection;
    }

    private static IReadOnlyList<KeyValuePair<string, string>> LabelsOf(Resource resource) =>
    [
        .. resource.Attributes
            .Where(attribute => Smb1Metrics.IsLabelOfAll(attribute.Key))
            .Select(attribute => KeyValuePair.Create(attribute.Key, attribute.Value.ToString() ?? "")),
    ];
}
