namespace Smb1Exporter.TestSupport;

/// <summary>
/// A real vmagent of VictoriaMetrics, which takes metrics by the OpenTelemetry protocol and writes them to any Prometheus, also to one that cannot take
/// them itself.
/// </summary>
public sealed class VmagentServer : HttpServerProcess
{
    /// <summary>Environment variable that holds the path of the program; tests/run.sh sets it.</summary>
    private const string ProgramVariable = "SMB1_VMAGENT";

    private VmagentServer(ChildProcess process, int port)
        : base(process, port)
    {
    }

    /// <summary>Why it cannot be started here; null when it can.</summary>
    public static string? Missing => Program is null ? $"{ProgramVariable} names no vmagent; tests/run.sh downloads one" : null;

    private static string? Program => Environment.GetEnvironmentVariable(ProgramVariable) is { Length: > 0 } path ? path : null;

    /// <summary>The endpoint of one on <paramref name="port"/>, as OTEL_EXPORTER_OTLP_ENDPOINT wants it.</summary>
    public static string EndpointOn(int port) => $"http://127.0.0.1:{port}/opentelemetry";

    /// <summary>Starts it in <paramref name="folder"/>, which must exist and is the test's to remove.</summary>
    /// <param name="prometheus">Where it writes.</param>
    /// <param name="port">Where it listens.</param>
    public static Task<VmagentServer> StartAsync(string folder, Uri prometheus, int port) => WhenReadyAsync(
        new VmagentServer(
            ChildProcess.Start(
                Program!,
                [
                    $"-httpListenAddr=127.0.0.1:{port}",
                    $"-remoteWrite.url={prometheus}api/v1/write",
                    $"-remoteWrite.tmpDataPath={Path.Combine(folder, "queue")}",
                    "-remoteWrite.forcePromProto",
                    "-remoteWrite.flushInterval=200ms",
                    "-opentelemetry.usePrometheusNaming",
                    "-opentelemetry.promoteScopeMetadata=false",
                ],
                workingDirectory: folder),
            port),
        "/health");
}
