using System.Globalization;
using Smb1Exporter.EndToEnd.Tests.Alerts;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>The shipped rules, where Prometheus is not the only one that scrapes, and not always there.</summary>
public sealed class PrometheusTests
{
    private const string Client = "10.5.0.1";
    private const string NewClient = "10.5.0.2";
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly DateTimeOffset Away = Now.AddHours(-2);

    [FieldFact("Somebody who looks at /metrics, a second Prometheus, a port scanner: the first attempt of a client made no alert")]
    public async Task The_first_attempt_becomes_a_ticket_also_when_a_stranger_scraped_it_first()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["auth_audit.log"], TimeProvider.System);
        log.WriteNoise("10.5.0.9", port: 1);
        var exporter = await site.ExporterForLogAsync(log.Path);
        var receiver = await site.ReceiverAsync();
        var alertmanager = await site.AlertmanagerAsync(ProductFiles.Alertmanager(receiver, ProductFiles.RepeatInterval));
        var prometheus = await site.PrometheusAsync(ProductFiles.Prometheus(alertmanager.Address, receiver.Address, [exporter.Address]));
        await Eventually.GetAsync(() => prometheus.QueryAsync("smb1_audit_source_up == 1"), found => found.Count == 1, "Prometheus has the exporter's figures");

        // Between two scrapes, however short the time between them.
        await prometheus.Process.PauseAsync();
        log.WriteConnection(Client, port: 1);
        await exporter.WhenCountedAsync(Client, 1);
        prometheus.Process.Resume();

        var tickets = await Then.SoonAsync(
            receiver.TicketsAsync, tickets => tickets.Count > 0, "the first attempt becomes a ticket", tickets => $"{tickets.Count} tickets");
        Assert.Contains($"{Client}: 1 SMB1 connection attempt,", Assert.Single(tickets).Body, StringComparison.Ordinal);
    }

    [FieldFact("A Prometheus that was away for two hours while the other one of the pair scraped on: none of the attempts meanwhile made an alert")]
    public async Task Attempts_made_while_Prometheus_was_away_for_two_hours_alert_when_it_is_back()
    {
        await using var site = new Site();
        var clock = new SetTime(Now.AddHours(-8));
        var log = new AuditLogWriter(site["auth_audit.log"], clock);
        log.WriteConnections(Client, 5);
        var exporter = await site.ExporterForLogAsync(log.Path, "--Exporter:InitialLookback=1.00:00:00");
        await exporter.WhenCountedAsync(Client, 5);
        await using var prometheus = await HistoricalPrometheus.StartAsync(
            await PastAsync(exporter), new HistoricalPrometheus.Recorded(Away.AddHours(-5), Away, TimeSpan.FromMinutes(1)));

        clock.Time = Now.AddHours(-1);
        log.WriteConnections(NewClient, 3);
        log.WriteConnections(Client, 2);
        await exporter.WhenCountedAsync(Client, 7);
        await exporter.WhenCountedAsync(NewClient, 3);
        await prometheus.GoOnAsync(ProductFiles.Prometheus(Nobody, Nobody, [exporter.Address], rules: ProductFiles.RulesInSeconds(site["smb1.rules.yml"])));

        await Then.SoonAsync(
            prometheus.Server.AlertsAsync,
            alerts => Attempts(alerts) == $"{Client}: 2, {NewClient}: 3",
            "the attempts of both clients alert",
            alerts => $"alerts for {(Attempts(alerts) is { Length: > 0 } clients ? clients : "nobody")}");
    }

    private static Uri Nobody { get; } = new("http://127.0.0.1:9");

    /// <summary>What Prometheus scraped before it was away: each minute what the exporter shows now.</summary>
    private static async Task<IEnumerable<string>> PastAsync(ExporterProcess exporter)
    {
        var shown = (await exporter.ScrapeAsync()).Samples.Values.Where(sample => sample.Name.StartsWith("smb1_", StringComparison.Ordinal)).ToList();
        return shown.SelectMany(sample => Enumerable.Range(-5 * 60, (5 * 60) + 1).Select(minutes => string.Create(
            CultureInfo.InvariantCulture,
            $"{sample.Name}{{{string.Join(',', sample.Labels.Select(label => $"{label.Key}=\"{label.Value}\"").Append($"instance=\"{exporter.Address.Authority}\"").Append("job=\"smb1\""))}}} {sample.Value} {Away.AddMinutes(minutes).ToUnixTimeSeconds()}")));
    }

    private static string Attempts(IEnumerable<FiringAlert> alerts) => string.Join(", ", alerts
        .Where(alert => alert is { Name: "Smb1TrafficDetected", State: "firing" })
        .Select(alert => $"{alert.Labels["client_address"]}: {alert.Annotations["attempts"]}")
        .Order(StringComparer.Ordinal));

    private sealed class SetTime(DateTimeOffset start) : TimeProvider
    {
        public DateTimeOffset Time { get; set; } = start;

        public override DateTimeOffset GetUtcNow() => Time;
    }
}
