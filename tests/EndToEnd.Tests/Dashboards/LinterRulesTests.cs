using System.Text.Json;
using System.Text.RegularExpressions;
using Smb1Exporter.EndToEnd.Tests.Alerts;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <summary>
/// The rules of grafana/dashboard-linter, which could not be had as a program. target-promql-rule and template-label-promql-rule are kept by
/// <see cref="DashboardNumbersTests"/>, where Prometheus answers every query. Two are not kept, with reason: see there.
/// </summary>
public sealed partial class LinterRulesTests
{
    public static TheoryData<string> Files => [.. ShippedFiles.Dashboards.Keys];

    /// <summary>template-datasource-rule: one variable chooses the data source, named and labelled as everywhere.</summary>
    [Theory, MemberData(nameof(Files))]
    public void The_data_source_is_chosen_by_the_reader(string file)
    {
        var datasource = Assert.Single(Variables(file), variable => Text(variable, "type") == "datasource");

        Assert.Equal("datasource", Text(datasource, "name"));
        Assert.Equal("Data source", Text(datasource, "label"));
        Assert.Equal("prometheus", Text(datasource, "query"));
        Assert.False(datasource.TryGetProperty("current", out _), "a data source of somebody's Grafana is chosen already");
    }

    /// <summary>panel-datasource-rule, for panels, queries and variables alike.</summary>
    [Theory, MemberData(nameof(Files))]
    public void Nothing_uses_another_data_source(string file)
    {
        var used = JsonSearch.Find(ShippedFiles.Dashboards[file], "datasource").ToList();

        Assert.True(used.Count > DashboardQuery.Of(ShippedFiles.Dashboards[file]).Count());
        Assert.All(used, source =>
        {
            Assert.Equal("prometheus", Text(source, "type"));
            Assert.Equal("${datasource}", Text(source, "uid"));
        });
    }

    /// <summary>
    /// template-job-rule, template-instance-rule, target-job-rule, target-instance-rule want the labels job and instance. Not kept: a server is
    /// customer and host_name, whatever address and job it is scraped at (see smb1.rules.yml), and recorded series have neither label.
    /// The same is asked of these two labels instead. template-required-variables-rule, template-on-time-change-reload-rule.
    /// </summary>
    [Theory, MemberData(nameof(Files))]
    public void Customer_and_server_are_chosen_from_what_the_time_shown_holds(string file)
    {
        const int OnTimeRangeChange = 2;

        Assert.Equal(["datasource", "customer", "server"], Variables(file).Select(variable => Text(variable, "name")));
        Assert.All(Variables(file).Skip(1), variable =>
        {
            Assert.Equal("query", Text(variable, "type"));
            Assert.NotEmpty(Text(variable, "label"));
            Assert.Equal(OnTimeRangeChange, variable.GetProperty("refresh").GetInt32());
            Assert.Matches(@"^label_values\(.+, \w+\)$", Text(variable.GetProperty("query"), "query"));

            // ".*" also matches the server that has no customer, which a list of customers would leave out.
            Assert.Equal(variable.GetProperty("includeAll").GetBoolean(), variable.TryGetProperty("allValue", out var all) && all.GetString() == ".*");
        });
        Assert.Contains("{customer=~\"$customer\"}", Text(Variables(file).Last().GetProperty("query"), "query"));

        // One server, or any number of them. A value that is no regular expression must be compared as it is.
        Assert.Equal(file == "smb1-fleet.json", Variables(file).Last().GetProperty("multi").GetBoolean());
    }

    /// <summary>template-unused-rule.</summary>
    [Theory, MemberData(nameof(Files))]
    public void Every_variable_is_used(string file) =>
        Assert.All(Variables(file).Skip(1), variable =>
            Assert.Contains(DashboardQuery.Of(ShippedFiles.Dashboards[file]), query => query.Expression.Contains("$" + Text(variable, "name"), StringComparison.Ordinal)));

    /// <summary>panel-title-description-rule, panel-no-targets-rule.</summary>
    [Theory, MemberData(nameof(Files))]
    public void Every_panel_has_title_description_and_queries(string file) =>
        Assert.All(DashboardQuery.Panels(ShippedFiles.Dashboards[file]), panel =>
        {
            Assert.NotEmpty(Text(panel, "title"));
            Assert.True(Text(panel, "description").Length > 20, Text(panel, "title"));
            Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray());
        });

    /// <summary>panel-units-rule: in every panel, and in the columns that have one of their own.</summary>
    [Theory, MemberData(nameof(Files))]
    public void Every_panel_has_a_unit_that_Grafana_knows(string file)
    {
        string[] known = ["none", "string", "short", "percentunit", "dateTimeAsIso", "d"];

        Assert.All(DashboardQuery.Panels(ShippedFiles.Dashboards[file]), panel =>
        {
            var config = panel.GetProperty("fieldConfig");
            Assert.Contains(Text(config.GetProperty("defaults"), "unit"), known);
            Assert.All(
                config.GetProperty("overrides").EnumerateArray().SelectMany(column => column.GetProperty("properties").EnumerateArray())
                    .Where(property => Text(property, "id") == "unit"),
                property => Assert.Contains(Text(property, "value"), known));
        });
    }

    /// <summary>
    /// target-rate-interval-rule: nothing asks for a rate over a fixed time. Graphs go by the time between two points, so that no attempt falls
    /// between two bars; figures and tables by the time shown.
    /// </summary>
    [Theory, MemberData(nameof(Files))]
    public void Ranges_follow_what_is_shown(string file) =>
        Assert.All(DashboardQuery.Of(ShippedFiles.Dashboards[file]), query =>
        {
            Assert.DoesNotMatch(@"\bi?rate\(", query.Expression);
            var ranges = Range().Matches(query.Expression).Select(match => match.Groups[1].Value).ToHashSet();
            string[] allowed = query.IsRange ? ["$__interval", "$__range", "$__range:1h"] : ["$__range", "1d"];
            Assert.Subset(allowed.ToHashSet(), ranges);

            // 1d: for how long the rules remember a server that fell silent.
            Assert.True(!ranges.Contains("1d") || query.Expression.Contains("last_over_time(smb1:server_last_sample:timestamp_seconds", StringComparison.Ordinal));
        });

    /// <summary>
    /// target-counter-agg-rule wants rate, irate or increase around every counter. Not kept to the letter: increase() extrapolates, and people count
    /// whole attempts. What is subtracted instead must be of the same counter, and increase() must stand in where the counter fell.
    /// </summary>
    [Theory, MemberData(nameof(Files))]
    public void Counters_are_never_shown_as_they_are(string file) =>
        Assert.All(DashboardQuery.Of(ShippedFiles.Dashboards[file]).Where(query => query.Expression.Contains("_total{", StringComparison.Ordinal)), query =>
        {
            var counter = Counter().Matches(query.Expression).Select(match => match.Value).Distinct().Single();
            Assert.Contains($"increase({counter}[", query.Expression);
            var bare = Regex.Replace(query.Expression, @"(increase|resets|max_over_time|min_over_time)\(" + Regex.Escape(counter), "");
            Assert.Equal(bare.Contains(counter, StringComparison.Ordinal), bare.Contains($"({counter} offset $__", StringComparison.Ordinal));
        });

    /// <summary>uneditable-dashboard, panel-refresh-interval-rule.</summary>
    [Theory, MemberData(nameof(Files))]
    public void The_dashboard_is_not_edited_in_place_and_refreshes_gently(string file)
    {
        Assert.False(ShippedFiles.Dashboards[file].GetProperty("editable").GetBoolean());
        Assert.Equal("5m", Text(ShippedFiles.Dashboards[file], "refresh"));
    }

    /// <summary>A legend of its own for every line of a graph.</summary>
    [Theory, MemberData(nameof(Files))]
    public void Every_line_has_a_name(string file) =>
        Assert.All(
            DashboardQuery.Panels(ShippedFiles.Dashboards[file]).Where(panel => Text(panel, "type") is "timeseries" or "state-timeline" or "bargauge"),
            panel => Assert.All(panel.GetProperty("targets").EnumerateArray(), target => Assert.NotEmpty(Text(target, "legendFormat"))));

    private static JsonElement.ArrayEnumerator Variables(string file) =>
        ShippedFiles.Dashboards[file].GetProperty("templating").GetProperty("list").EnumerateArray();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    [GeneratedRegex(@"\[([^\]]+)\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"smb1_\w+_total\{[^}]*\}")]
    private static partial Regex Counter();
}
