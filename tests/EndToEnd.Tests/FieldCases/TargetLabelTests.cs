using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Sites where Prometheus, not the exporter, knows whose server it is.</summary>
public sealed class TargetLabelTests
{
    [FieldFact("providers who label their targets by file_sd and leave Exporter:Customer empty")]
    public async Task The_customer_of_a_target_is_the_customer_of_its_alert_and_of_its_one_verdict()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["audit.log"], TimeProvider.System);
        log.WriteNoise("10.7.0.30", 50444);
        var exporter = await site.ExporterForLogAsync(log.Path, "--Exporter:Customer=");
        await File.WriteAllTextAsync(
            site["targets.json"],
            $$$"""[{"targets": ["{{{exporter.Address.Authority}}}"], "labels": {"customer": "Fabrikam", "site": "Bonn"}}]""",
            TestContext.Current.CancellationToken);
        var prometheus = await site.PrometheusAsync(
            $"""
            global:
              scrape_interval: 1s
              evaluation_interval: 1s
              external_labels:
                customer: the provider itself
            rule_files:
              - {ProductFiles.RulesFile}
            scrape_configs:
              - job_name: smb1
                file_sd_configs:
                  - files:
                      - {site["targets.json"]}
            """);
        await Eventually.GetAsync(
            () => prometheus.QueryAsync("smb1:server_verdict:info"), found => found.Count > 0, "Prometheus has a verdict for the server");

        log.WriteConnection("10.7.0.31", 50445);
        log.WriteConnection("10.7.0.31", 50446);

        var alerts = await Then.SoonAsync(
            prometheus.AlertsAsync,
            found => found.Any(IsOfBothAttempts),
            "an alert for both attempts",
            found => string.Join("; ", found.Select(alert => string.Join(", ", alert.Labels))));
        var alert = alerts.First(IsOfBothAttempts);
        Assert.Equal(("Fabrikam", "FS01"), (alert.Labels["customer"], alert.Labels["host_name"]));
        Assert.NotEmpty(alert.Annotations["last_seen"]);
        var verdict = Assert.Single(await prometheus.QueryAsync("count by (customer, host_name) (smb1:server_verdict:info)"));
        Assert.Equal(("Fabrikam", "FS01", 1), (verdict["customer"], verdict["host_name"], verdict.Value));

        static bool IsOfBothAttempts(FiringAlert alert) =>
            alert.Name == "Smb1TrafficDetected" && alert.Annotations.GetValueOrDefault("attempts") == "2";
    }
}
