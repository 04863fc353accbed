using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>What happened while the exporter was down is seen as a rise by every Prometheus, as if it had been up.</summary>
public sealed class BacklogTests : IDisposable
{
    private const string Known = "10.0.0.1";
    private const string New = "10.0.0.2";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_Prometheus_servers_both_see_every_attempt_across_a_restart_with_a_backlog()
    {
        var log = new AuditLogWriter(_folder["audit.log"], TimeProvider.System);
        await File.WriteAllTextAsync(log.Path, "", TestContext.Current.CancellationToken);

        // The slower of the two scrapes every 2 s: the hold must outlast that.
        var arguments = ExporterArguments.ForLog(_folder.Path, log.Path, birthHoldSeconds: 10);
        var port = FreePorts.Next();
        var exporter = await ExporterProcess.StartAsync(Programs.PreferredBuild, arguments, port);
        await using var fast = await StartPrometheusAsync("fast", exporter.Address, scrapeSeconds: 1);
        await using var slow = await StartPrometheusAsync("slow", exporter.Address, scrapeSeconds: 2);
        await WhenScrapedAsync(fast);
        await WhenScrapedAsync(slow);
        log.WriteConnection(Known, 1001);
        await WhenSeenAsync(fast, Known, 1);
        await WhenSeenAsync(slow, Known, 1);

        await exporter.DisposeAsync();
        log.WriteConnection(Known, 1002);
        log.WriteConnection(Known, 1003, records: 3);
        log.WriteConnection(New, 1001);
        log.WriteConnection(New, 1002);
        log.WriteConnection(New, 1003);
        await using var restarted = await ExporterProcess.StartAsync(Programs.PreferredBuild, arguments, port);

        foreach (var prometheus in new[] { fast, slow })
        {
            await WhenSeenAsync(prometheus, Known, 3);
            await WhenSeenAsync(prometheus, New, 3);
            Assert.Equal(3, await IncreaseAsync(prometheus, Known));
            Assert.Equal(3, await IncreaseAsync(prometheus, New));
        }
    }

    private async Task<PrometheusServer> StartPrometheusAsync(string name, Uri exporter, int scrapeSeconds)
    {
        // Nobody listens there: this test wants neither alerts nor tickets.
        var nobody = new Uri($"http://127.0.0.1:{FreePorts.Next()}");
        return await PrometheusServer.StartAsync(
            Directory.CreateDirectory(_folder[name]).FullName, ProductFiles.Prometheus(nobody, nobody, [exporter], scrapeSeconds));
    }

    private static string Selector(string client) => $"{ExporterProcess.Attempts}{{client_address=\"{client}\"}}";

    private static Task<IReadOnlyList<PrometheusSample>> WhenScrapedAsync(PrometheusServer prometheus) => Eventually.GetAsync(
        () => prometheus.QueryAsync("smb1_audit_source_up"), samples => samples.SingleOrDefault()?.Value == 1, $"{prometheus.Address} has scraped the exporter");

    private static Task<IReadOnlyList<PrometheusSample>> WhenSeenAsync(PrometheusServer prometheus, string client, double value) =>
        Eventually.GetAsync(
            () => prometheus.QueryAsync(Selector(client)),
            samples => samples.SingleOrDefault()?.Value == value,
            $"{prometheus.Address} sees {client} with {value}");

    /// <summary>At the time of the last sample, where increase() of a series first seen at zero extrapolates nothing.</summary>
    private static async Task<double> IncreaseAsync(PrometheusServer prometheus, string client)
    {
        var samples = await prometheus.StoredSamplesAsync(Selector(client));
        return Assert.Single(await prometheus.QueryAsync($"increase({Selector(client)}[1h])", samples[^1].Time)).Value;
    }
}
