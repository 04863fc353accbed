using System.Globalization;
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
        return StartAsync(freePort => Launch(program, arguments, freePort), port);
    }

    /// <summary>Starts it as <paramref name="launch"/> does on a port, and waits until it answers.</summary>
    public static Task<ExporterProcess> StartAsync(Func<int, ChildProcess> launch, int? port = null)
    {
        return port is { } fixedPort ? StartAsync(fixedPort) : FreePorts.StartAsync(StartAsync);

        Task<ExporterProcess> StartAsync(int freePort) => WhenReadyAsync(new ExporterProcess(launch(freePort), freePort), "/-/healthy");
    }

    /// <summary>Starts the program and does not wait.</summary>
    public static ChildProcess Launch(string program, IReadOnlyList<string> arguments, int port) =>
        ChildProcess.Start(program, [.. arguments, "--urls", $"http://127.0.0.1:{port}"]);

    public async Task<PrometheusText> ScrapeAsync() => PrometheusText.Parse(await Http.GetStringAsync("/metrics"));

    /// <summary>Scrapes until <paramref name="condition"/> holds.</summary>
    public Task<PrometheusText> WhenAsync(Func<PrometheusText, bool> condition, string what, TimeSpan? within = null) =>
        Eventually.GetAsync(ScrapeAsync, condition, what, within);

    /// <summary>Scrapes until at least <paramref name="attempts"/> of a client are shown.</summary>
    public Task<PrometheusText> WhenCountedAsync(string client, double attempts) =>
        WhenAsync(scrape => scrape.AttemptsByClient().GetValueOrDefault(client) >= attempts, $"{attempts} attempts of {client} are shown");

    /// <summary>Asserts that exactly <paramref name="attempts"/> of a client come to be shown.</summary>
    public Task<PrometheusText> ThenCountsAsync(string client, double attempts) => Then.SoonAsync(
        ScrapeAsync,
        scrape => scrape.AttemptsByClient().GetValueOrDefault(client) == attempts,
        $"{client} is counted with {attempts} attempts",
        scrape => $"{string.Join(", ", scrape.AttemptsByClient().Select(pair => $"{pair.Key}: {pair.Value}"))}; {scrape.Health()}");

    public Task<PrometheusText> WhenAuditingAsync() =>
        WhenAsync(scrape => scrape.Of("smb1_auditing_enabled") is [{ Value: 1 }], "auditing is on", TimeSpan.FromSeconds(90));
}

internal static class ExporterMetrics
{
    public static IReadOnlyDictionary<string, double> AttemptsByClient(this PrometheusText text) =>
        text.Of(ExporterProcess.Attempts).ToDictionary(sample => sample["client_address"], sample => sample.Value, StringComparer.Ordinal);

    /// <summary>What the exporter says of its own reading, for the message of a failure.</summary>
    public static string Health(this PrometheusText text)
    {
        return $"source up {Shown("smb1_audit_source_up")}, gaps {Shown("smb1_audit_gaps_total")}, read errors {text.Of("smb1_audit_read_errors_total").Sum(sample => sample.Value)}";

        string Shown(string name) => text.Of(name) is [{ Value: var value }] ? value.ToString(CultureInfo.InvariantCulture) : "not shown";
    }
}
