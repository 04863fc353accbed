using System.Text.Json;

namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>What holds for every dashboard, whatever Grafana it is imported into.</summary>
public sealed class DashboardTests
{
    public static TheoryData<string> Files => [.. ShippedFiles.Dashboards.Keys];

    [Theory, MemberData(nameof(Files))]
    public void The_dashboard_can_be_imported_and_is_not_edited_in_place(string file)
    {
        var dashboard = ShippedFiles.Dashboards[file];

        Assert.NotEmpty(Text(dashboard, "title"));
        Assert.NotEmpty(Text(dashboard, "description"));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), Text(dashboard, "uid"));
        Assert.True(dashboard.GetProperty("schemaVersion").GetInt32() >= 39);
        Assert.False(dashboard.GetProperty("editable").GetBoolean());
        Assert.False(dashboard.TryGetProperty("id", out _), "an id belongs to one Grafana");
        Assert.False(dashboard.TryGetProperty("__inputs", out _), "__inputs are for grafana.com only");
    }

    [Theory, MemberData(nameof(Files))]
    public void The_data_source_is_chosen_by_the_reader_and_never_fixed(string file)
    {
        var dashboard = ShippedFiles.Dashboards[file];
        var datasource = Variables(dashboard).Single(variable => Text(variable, "name") == "datasource");

        Assert.Equal("datasource", Text(datasource, "type"));
        Assert.Equal("prometheus", Text(datasource, "query"));
        var used = Find(dashboard, "datasource").ToList();
        Assert.NotEmpty(used);
        Assert.All(used, source =>
        {
            Assert.Equal("prometheus", Text(source, "type"));
            Assert.Equal("${datasource}", Text(source, "uid"));
        });
    }

    [Theory, MemberData(nameof(Files))]
    public void Customer_and_server_can_be_chosen_and_every_query_obeys(string file)
    {
        var dashboard = ShippedFiles.Dashboards[file];

        Assert.Equal(["datasource", "customer", "server"], Variables(dashboard).Select(variable => Text(variable, "name")));
        // ".*" also matches the server that has no customer, which a list of customers would leave out.
        Assert.All(Variables(dashboard).Skip(1), variable => Assert.Equal(".*", Text(variable, "allValue")));
        var expressions = DashboardQuery.Panels(dashboard)
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray().Select(target => Text(target, "expr")));
        Assert.All(expressions, expression =>
        {
            var selectors = expression.Split("smb1_").Skip(1);
            Assert.All(selectors, selector => Assert.Contains("{customer=~\"$customer\",host_name=~\"$server\"}", selector));
        });
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_panel_has_title_description_unit_and_a_place_of_its_own(string file)
    {
        var panels = DashboardQuery.Panels(ShippedFiles.Dashboards[file]).ToList();
        var cells = new HashSet<(int X, int Y)>();

        Assert.NotEmpty(panels);
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel =>
        {
            Assert.NotEmpty(Text(panel, "title"));
            Assert.NotEmpty(Text(panel, "description"));
            Assert.NotEmpty(Text(panel.GetProperty("fieldConfig").GetProperty("defaults"), "unit"));
            var place = panel.GetProperty("gridPos");
            Assert.InRange(Number(place, "x") + Number(place, "w"), 1, 24);
            Assert.All(
                from x in Enumerable.Range(Number(place, "x"), Number(place, "w"))
                from y in Enumerable.Range(Number(place, "y"), Number(place, "h"))
                select (x, y),
                cell => Assert.True(cells.Add(cell), $"{Text(panel, "title")} covers another panel at {cell}"));
        });
    }

    [Theory, MemberData(nameof(Files))]
    public void Graphs_stay_readable_with_thousands_of_servers(string file) =>
        Assert.All(
            DashboardQuery.Of(ShippedFiles.Dashboards[file]).Where(query => query.IsRange),
            query => Assert.StartsWith("topk(", query.Expression));

    [Theory, MemberData(nameof(Files))]
    public void Dashboards_name_only_series_that_exist(string file)
    {
        var dashboard = ShippedFiles.Dashboards[file];
        var names = DashboardQuery.Of(dashboard).SelectMany(query => SeriesNames.InExpression(query.Expression))
            .Concat(Variables(dashboard).Skip(1).SelectMany(variable => SeriesNames.InVariableQuery(Text(variable, "definition"))))
            .ToHashSet();

        Assert.Superset(new HashSet<string> { "smb1_connection_attempts_total", "smb1_tracked_clients_limit" }, names);
        Assert.Subset((HashSet<string>)SeriesNames.Known, names);
    }

    private static JsonElement.ArrayEnumerator Variables(JsonElement dashboard) =>
        dashboard.GetProperty("templating").GetProperty("list").EnumerateArray();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static IEnumerable<JsonElement> Find(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member.Name == name ? [member.Value] : Find(member.Value, name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Find(item, name)),
        _ => [],
    };
}
