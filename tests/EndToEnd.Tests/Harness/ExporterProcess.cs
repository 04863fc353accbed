using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>smb1-exporter as a process, on 127.0.0.1.</summary>
internal sealed class ExporterProcess : HttpServerProcess
{
    public const string Attempts = "smb1_connection_attempts_total";

    private ExporterProcess(ChildProcess process, int port)
        : base(process, port)
    {
    }

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="arguments">As on the command line, see <see cref="ExporterArguments"/>.</param>
    /// <param name="port">Null: a free one.</param>
    public static Task<ExporterProcess> StartAsync(ExporterBuild build, IReadOnlyList<string> arguments, int? port = null)
    {
        var program = Programs.Exporter(build);
        return port is { } fixedPort ? StartAsync(fixedPort) : FreePorts.StartAsync(StartAsync);

        Task<ExporterProcess> StartAsync(int freePort) =>
            WhenReadyAsync(new ExporterProcess(Launch(program, arguments, freePort), freePort), "/-/healthy");
    }

    /// <summary>Starts the program and does not wait.</summary>
    public static ChildProcess Launch(string program, IReadOnlyList<string> arguments, int port) =>
        ChildProcess.Start(program, [.. arguments, "--urls", $"http://127.0.0.1:{port}"]);

    public async Task<PrometheusText> ScrapeAsync() => PrometheusText.Parse(await Http.GetStringAsync("/metrics"));

    /// <summary>Attempts shown, by client address.</summary>
    public async Task<IReadOnlyDictionary<string, double>> AttemptsAsync() => (await ScrapeAsync()).AttemptsByClient();
}

internal static class ExporterMetrics
{
    public static IReadOnlyDictionary<string, double> AttemptsByClient(this PrometheusText text) =>
        text.Of(ExporterProcess.Attempts).ToDictionary(sample => sample["client_address"], sample => sample.Value, StringComparer.Ordinal);
}
