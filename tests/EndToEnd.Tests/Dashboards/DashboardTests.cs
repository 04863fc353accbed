using System.Text.Json;
using System.Text.RegularExpressions;
using Smb1Exporter.EndToEnd.Tests.Alerts;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <summary>What holds for every dashboard, whatever Grafana it is imported into.</summary>
public sealed partial class DashboardTests
{
    /// <summary>The most lines that a graph may draw.</summary>
    private const int MostLines = 20;

    /// <summary>The most rows that a table may have.</summary>
    private const int MostRows = 1000;

    public static TheoryData<string> Files => [.. ShippedFiles.Dashboards.Keys];

    [Fact]
    public void There_is_a_dashboard_for_all_servers_and_one_for_one_server() =>
        Assert.Equal(["smb1-fleet.json", "smb1-server.json"], ShippedFiles.Dashboards.Keys.Order());

    [Theory, MemberData(nameof(Files))]
    public void The_dashboard_can_be_imported_and_keeps_its_address(string file)
    {
        var dashboard = ShippedFiles.Dashboards[file];

        Assert.NotEmpty(Text(dashboard, "title"));
        Assert.NotEmpty(Text(dashboard, "description"));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), Text(dashboard, "uid"));
        Assert.False(dashboard.TryGetProperty("id", out _), "an id belongs to one Grafana");
        Assert.False(dashboard.TryGetProperty("__inputs", out _), "__inputs are for grafana.com only");
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_query_obeys_the_choice_of_customer_and_server(string file)
    {
        var dashboard = ShippedFiles.Dashboards[file];
        var server = file == "smb1-server.json" ? "host_name=\"$server\"" : "host_name=~\"$server\"";

        Assert.All(DashboardQuery.Of(dashboard), query =>
        {
            Assert.DoesNotMatch(@"(smb1[_:]\w[\w:]*|\bup)(?![\w:{])", WithoutLabelLists(query.Expression));
            Assert.All(Selector().Matches(query.Expression), selector =>
                Assert.Contains($"customer=~\"$customer\",{server}", selector.Groups[2].Value));
        });
    }

    [Theory, MemberData(nameof(Files))]
    public void Panels_do_not_cover_each_other(string file)
    {
        var panels = DashboardQuery.Panels(ShippedFiles.Dashboards[file]).ToList();
        var cells = new HashSet<(int X, int Y)>();

        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(panels.Count, panels.Select(panel => Text(panel, "title")).Distinct().Count());
        Assert.All(panels, panel =>
        {
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
    public void With_thousands_of_servers_no_graph_has_thousands_of_lines_and_no_table_thousands_of_rows(string file)
    {
        Assert.All(DashboardQuery.Of(ShippedFiles.Dashboards[file]), query =>
        {
            // One server's own series, one line for each of the few verdicts or reasons, or one number.
            var few = file == "smb1-server.json" && !query.Expression.Contains("client_address", StringComparison.Ordinal)
                || Regex.IsMatch(query.Expression, @"^(count|sum)( by \(verdict\))? ?\(");
            var limits = Limit().Matches(query.Expression).Select(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.True(few || limits.Count > 0, $"{query.Panel} {query.RefId} has no limit: {query.Expression}");
            Assert.All(limits, limit => Assert.InRange(limit, 1, query.IsRange ? MostLines : MostRows));

            // topk() on its own chooses anew at every point: all in all many lines.
            Assert.True(!query.IsRange || limits.Count == 0 || query.Expression.Contains("@ end()", StringComparison.Ordinal), query.Expression);
        });
    }

    [Theory, MemberData(nameof(Files))]
    public void Dashboards_name_only_series_that_exist(string file)
    {
        var dashboard = ShippedFiles.Dashboards[file];
        var names = DashboardQuery.Of(dashboard).SelectMany(query => SeriesNames.InExpression(query.Expression))
            .Concat(Variables(dashboard).Skip(1).SelectMany(variable => SeriesNames.InVariableQuery(Text(variable.GetProperty("query"), "query"))))
            .ToHashSet();

        Assert.Superset(new HashSet<string> { "smb1_connection_attempts_total", "smb1_tracked_clients_limit", "smb1:server_verdict:info" }, names);
        Assert.Subset((HashSet<string>)SeriesNames.Known, names);
    }

    [Fact]
    public void The_dashboards_lead_to_each_other()
    {
        Assert.Contains("/d/smb1-server?${datasource:queryparam}", Links("smb1-fleet.json"));
        Assert.Contains("/d/smb1-fleet?${datasource:queryparam}&${customer:queryparam}", Links("smb1-server.json"));

        var toServer = DataLink().Matches(File.ReadAllText(Path.Combine(ShippedFiles.DashboardsFolder, "smb1-fleet.json"))).Select(url => url.Groups[1].Value);
        Assert.NotEmpty(toServer);
        Assert.All(toServer, url => Assert.Equal(
            "/d/smb1-server?${datasource:queryparam}&var-customer=${__data.fields.Customer}&var-server=${__data.fields.Server}&${__url_time_range}", url));
    }

    [Fact]
    public void Every_table_with_servers_opens_a_server()
    {
        foreach (var table in DashboardQuery.Panels(ShippedFiles.Dashboards["smb1-fleet.json"]).Where(panel => Text(panel, "type") == "table"))
        {
            var columns = Find(table, "renameByName").Single().EnumerateObject().Select(column => column.Value.GetString()).ToList();
            var opens = Find(table, "overrides").Single().EnumerateArray().Any(column =>
                Text(column.GetProperty("matcher"), "options") == "Server" && column.ToString().Contains("/d/smb1-server?", StringComparison.Ordinal));

            // A target that does not answer may be no server that is known.
            Assert.Equal(columns.Contains("Server") && !columns.Contains("Target"), opens);
            Assert.True(!opens || columns.Contains("Customer"), Text(table, "title"));
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void The_dashboards_lead_to_sections_of_the_runbook_that_exist(string file)
    {
        var anchors = Regex.Matches(ShippedFiles.Read("runbook.md"), "^## (.+)$", RegexOptions.Multiline)
            .Select(match => "runbook.md#" + match.Groups[1].Value.ToLowerInvariant().Replace(' ', '-'))
            .Append("runbook.md")
            .ToHashSet();
        var links = Links(file).Where(url => !url.StartsWith("/d/", StringComparison.Ordinal)).ToHashSet();

        Assert.Contains("runbook.md", links);
        Assert.True(links.Count > 4);
        Assert.Subset(anchors, links);
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_verdict_has_a_text_and_a_colour_wherever_verdicts_are_shown(string file)
    {
        string[] verdicts = ["ready", "attempts", "not_covered", "auditing_off", "source_down", "smb1_off", "unknown"];

        var mappings = Find(ShippedFiles.Dashboards[file], "options").Where(options => options.ValueKind == JsonValueKind.Object && options.TryGetProperty("ready", out _)).ToList();
        Assert.NotEmpty(mappings);
        Assert.All(mappings, mapping =>
        {
            Assert.Equal(verdicts, mapping.EnumerateObject().Select(verdict => verdict.Name));
            Assert.All(mapping.EnumerateObject(), verdict => Assert.True(Text(verdict.Value, "text").Length > 0 && Text(verdict.Value, "color").Length > 0));
        });

        var named = DashboardQuery.Panels(ShippedFiles.Dashboards[file]).Where(panel => panel.ToString().Contains("\"{{verdict}}\"", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, panel => Assert.Equal(
            verdicts, Find(panel, "overrides").Single().EnumerateArray().Select(series => Text(series.GetProperty("matcher"), "options"))));
    }

    private static IEnumerable<string> Links(string file) =>
        Find(ShippedFiles.Dashboards[file], "links").Where(links => links.ValueKind == JsonValueKind.Array).SelectMany(links => links.EnumerateArray()).Select(link => Text(link, "url"));

    private static string WithoutLabelLists(string expression) => Regex.Replace(expression, @"\{[^}]*\}", "{}");

    private static JsonElement.ArrayEnumerator Variables(JsonElement dashboard) =>
        dashboard.GetProperty("templating").GetProperty("list").EnumerateArray();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static IEnumerable<JsonElement> Find(JsonElement element, string name) => JsonSearch.Find(element, name);

    [GeneratedRegex("\"(/d/smb1-server[^\"]*__data[^\"]*)\"")]
    private static partial Regex DataLink();

    [GeneratedRegex(@"(smb1[_:][\w:]+|\bup)\{([^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?:topk|bottomk)\((\d+),")]
    private static partial Regex Limit();
}
