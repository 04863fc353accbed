using System.Text.Json;

namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>One query of one panel, ready to be sent to Prometheus.</summary>
/// <param name="Panel">Title of the panel.</param>
/// <param name="RefId">Letter of the query in its panel.</param>
/// <param name="Expression">PromQL with Grafana's variables filled in: all customers, all servers, one hour shown.</param>
/// <param name="IsRange">Whether the panel asks for a range (a graph) or for one instant.</param>
internal sealed record DashboardQuery(string Panel, string RefId, string Expression, bool IsRange)
{
    /// <summary>Every query of a dashboard.</summary>
    public static IEnumerable<DashboardQuery> Of(JsonElement dashboard) =>
        from panel in Panels(dashboard)
        where panel.TryGetProperty("targets", out _)
        from target in panel.GetProperty("targets").EnumerateArray()
        select new DashboardQuery(
            panel.GetProperty("title").GetString()!,
            target.GetProperty("refId").GetString()!,
            FillIn(target.GetProperty("expr").GetString()!),
            target.GetProperty("range").GetBoolean());

    /// <summary>Every panel of a dashboard, those inside collapsed rows included.</summary>
    public static IEnumerable<JsonElement> Panels(JsonElement dashboard) =>
        dashboard.TryGetProperty("panels", out var panels)
            ? panels.EnumerateArray().SelectMany(panel => Panels(panel).Prepend(panel))
            : [];

    private static string FillIn(string expression) => expression
        .Replace("$customer", ".*", StringComparison.Ordinal)
        .Replace("$server", ".*", StringComparison.Ordinal)
        .Replace("$__rate_interval", "4m", StringComparison.Ordinal)
        .Replace("$__range", "1h", StringComparison.Ordinal);
}
