using System.Text.RegularExpressions;

namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>What holds for every alert.</summary>
public sealed class RulesTests
{
    private static string[] AlertNames { get; } =
    [
        "Smb1TrafficDetected", "Smb1AuditingNotEnabled", "Smb1AuditSourceDown", "Smb1StateNotStored", "Smb1AuditGap",
        "Smb1ExporterDown", "Smb1ClientLimitReached", "Smb1TicketsNotDelivered", "Smb1ReadyToDisable",
    ];

    [Fact]
    public void The_nine_alerts_are_there_and_no_other() =>
        Assert.Equal(AlertNames.Order(), ShippedFiles.Rules.Select(rule => rule.Alert).Distinct().Order());

    [Fact]
    public void Every_alert_says_what_it_is_and_where_to_read_on()
    {
        var anchors = Regex.Matches(ShippedFiles.Read("runbook.md"), "^## (.+)$", RegexOptions.Multiline)
            .Select(match => "runbook.md#" + match.Groups[1].Value.ToLowerInvariant().Replace(' ', '-'))
            .ToHashSet();

        Assert.All(ShippedFiles.Rules, rule =>
        {
            Assert.NotEmpty(rule.Annotations["summary"]);
            Assert.NotEmpty(rule.Annotations["description"]);
            Assert.Contains(rule.Annotations["runbook_url"], anchors);
            Assert.Equal("runbook.md#" + rule.Alert.ToLowerInvariant(), rule.Annotations["runbook_url"]);
            Assert.Contains(rule.Labels["severity"], (string[])["info", "warning", "critical"]);
        });
    }

    [Fact]
    public void Traffic_carries_the_annotations_that_tickets_are_made_of()
    {
        var traffic = ShippedFiles.Rules.Where(rule => rule.Alert == "Smb1TrafficDetected").ToList();

        Assert.Equal(2, traffic.Count);
        Assert.All(traffic, rule => Assert.True(
            ((string[])["attempts", "last_seen", "client_name"]).All(rule.Annotations.ContainsKey)));
    }

    [Fact]
    public void Rules_name_only_series_that_exist()
    {
        var names = ShippedFiles.Rules.Concat(ShippedFiles.RecordingRules)
            .SelectMany(rule => SeriesNames.InExpression(rule.Expression)
                .Concat(rule.Annotations.Values.SelectMany(SeriesNames.InTemplate)))
            .ToHashSet();

        Assert.Superset(new HashSet<string> { "smb1_connection_attempts_total", "smb1_client_last_seen_timestamp_seconds", "up" }, names);
        Assert.Subset((HashSet<string>)SeriesNames.Known, names);
    }

    [Fact]
    public void Every_alert_is_tested_both_firing_and_silent()
    {
        var tests = ShippedFiles.ReadYaml<RuleTestFile>("smb1.rules.test.yml").Tests.SelectMany(test => test.AlertTests).ToList();

        Assert.All(AlertNames, name =>
        {
            Assert.Contains(tests, test => test.Alert == name && test.Expected.Count > 0);
            Assert.Contains(tests, test => test.Alert == name && test.Expected.Count == 0);
        });
    }

    [Theory]
    [InlineData("sum by (a, b) (increase(x_total{l=\"y_total\"}[1h])) > 0 and on (c) time() - z offset 5m < 30 * 86400", "x_total z")]
    [InlineData("label_replace(up{job=\"a)b\"} == 0, \"to\", \"$1\", \"from\", \"\") or q unless on () w", "up q w")]
    public void The_names_in_an_expression_are_found(string expression, string names) =>
        Assert.Equal(names.Split(' '), SeriesNames.InExpression(expression));

    private sealed class RuleTestFile
    {
        [YamlDotNet.Serialization.YamlMember(Alias = "tests")]
        public List<RuleTest> Tests { get; set; } = [];
    }

    private sealed class RuleTest
    {
        [YamlDotNet.Serialization.YamlMember(Alias = "alert_rule_test")]
        public List<AlertTest> AlertTests { get; set; } = [];
    }

    private sealed class AlertTest
    {
        [YamlDotNet.Serialization.YamlMember(Alias = "alertname")]
        public string Alert { get; set; } = "";

        [YamlDotNet.Serialization.YamlMember(Alias = "exp_alerts")]
        public List<object> Expected { get; set; } = [];
    }
}
