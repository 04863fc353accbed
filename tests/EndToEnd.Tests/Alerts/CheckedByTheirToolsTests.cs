namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>What promtool and amtool say of the shipped files.</summary>
public sealed class CheckedByTheirToolsTests
{
    [Fact]
    public async Task Promtool_accepts_the_rules_without_a_warning() =>
        await CommandLine.SucceedsAsync(
            ShippedFiles.AlertsFolder, "promtool", "check", "rules", "--lint=all", "--lint-fatal", "smb1.rules.yml");

    [Fact]
    public async Task Every_rule_test_passes() =>
        await CommandLine.SucceedsAsync(ShippedFiles.AlertsFolder, "promtool", "test", "rules", "smb1.rules.test.yml");

    [Fact]
    public async Task Promtool_accepts_the_Prometheus_configuration() =>
        await CommandLine.SucceedsAsync(ShippedFiles.AlertsFolder, "promtool", "check", "config", "prometheus.yml");

    [Fact]
    public async Task Amtool_accepts_the_Alertmanager_configuration() =>
        await CommandLine.SucceedsAsync(ShippedFiles.AlertsFolder, "amtool", "check-config", "alertmanager.yml");

    [Theory]
    [InlineData("people", "alertname=Smb1ExporterDown", "customer=Contoso", "host_name=FS01")]
    [InlineData("people", "alertname=Smb1ReadyToDisable", "severity=info")]
    [InlineData("people", "alertname=Smb1TicketsNotDelivered", "severity=critical")]
    [InlineData("smb1-tickets", "alertname=Smb1TrafficDetected", "customer=Contoso", "host_name=FS01", "client_address=10.0.0.1")]
    [InlineData("smb1-tickets", "alertname=Smb1TrafficDetected", "host_name=FS01", "client_address=unknown")]
    public async Task Only_traffic_goes_to_the_ticket_receiver(string receiver, params string[] labels)
    {
        var output = await CommandLine.SucceedsAsync(
            ShippedFiles.AlertsFolder, "amtool", ["config", "routes", "test", "--config.file=alertmanager.yml", .. labels]);

        Assert.Equal(receiver, output.Trim());
    }
}
