using System.Text.Json;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <summary>One query of one panel.</summary>
/// <param name="Panel">Title of the panel.</param>
/// <param name="RefId">Letter of the query in its panel.</param>
/// <param name="Expression">PromQL with Grafana's variables in it.</param>
/// <param name="IsRange">Whether the panel asks for a range (a graph) or for one instant.</param>
/// <param name="OwnRange">The time that the panel shows whatever the reader chose; null for what the reader chose.</param>
/// <param name="ShortestStep">The time between two points, at least; null when the time shown and the width decide.</param>
internal sealed record DashboardQuery(string Panel, string RefId, string Expression, bool IsRange, TimeSpan? OwnRange, TimeSpan? ShortestStep)
{
    /// <summary>Every query of a dashboard.</summary>
    public static IEnumerable<DashboardQuery> Of(JsonElement dashboard) =>
        from panel in Panels(dashboard)
        where panel.TryGetProperty("targets", out _)
        from target in panel.GetProperty("targets").EnumerateArray()
        select new DashboardQuery(
            panel.GetProperty("title").GetString()!,
            target.GetProperty("refId").GetString()!,
            target.GetProperty("expr").GetString()!,
            target.GetProperty("range").GetBoolean(),
            Time(panel, "timeFrom"),
            Time(panel, "interval"));

    /// <summary>Every panel of a dashboard, those inside collapsed rows included.</summary>
    public static IEnumerable<JsonElement> Panels(JsonElement dashboard) =>
        dashboard.TryGetProperty("panels", out var panels)
            ? panels.EnumerateArray().SelectMany(panel => Panels(panel).Prepend(panel))
            : [];

    /// <summary>The time between two points when <paramref name="shown"/> is shown on a narrow screen.</summary>
    public TimeSpan Step(TimeSpan shown)
    {
        var fitting = shown > TimeSpan.FromDays(1) ? TimeSpan.FromHours(6) : TimeSpan.FromMinutes(10);
        return ShortestStep > fitting ? ShortestStep.Value : fitting;
    }

    private static TimeSpan? Time(JsonElement panel, string name)
    {
        if (!panel.TryGetProperty(name, out var value))
        {
            return null;
        }

        var text = value.GetString()!;
        var number = int.Parse(text[..^1], System.Globalization.CultureInfo.InvariantCulture);
        return text[^1] switch
        {
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => throw new FormatException($"{name} is {text}"),
        };
    }
}
