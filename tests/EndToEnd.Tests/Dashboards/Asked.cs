using System.Globalization;
using System.Text.RegularExpressions;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <summary>What a reader has chosen at the top of a dashboard.</summary>
/// <param name="End">The end of the time shown.</param>
/// <param name="Range">How long the time shown is.</param>
/// <param name="Customers">The customers chosen; null for all.</param>
/// <param name="Server">The server chosen; null for all.</param>
internal sealed partial record Asked(DateTimeOffset End, TimeSpan Range, IReadOnlyList<string>? Customers = null, string? Server = null)
{
    public bool Includes(string customer, string server) =>
        (Customers is null || Customers.Contains(customer)) && (Server is null || Server == server);

    /// <summary>The query as Grafana sends it: what holds the place of a variable is filled in.</summary>
    /// <param name="step">The time between two points.</param>
    public string FillIn(string expression, TimeSpan step)
    {
        var values = new Dictionary<string, string>
        {
            ["customer"] = Customers is null ? ".*" : Alternatives(Customers),
            ["server"] = Server ?? ".*",
            ["__interval"] = Seconds(step) + "s",
            ["__range"] = Seconds(Range) + "s",
            ["__range_s"] = Seconds(Range),
        };
        return Variable().Replace(expression, match => values[match.Groups[1].Value]);
    }

    /// <summary>As Grafana does: more than one value becomes a group, and what means something in a regular expression is escaped, twice for the quotes around it.</summary>
    private static string Alternatives(IReadOnlyList<string> values)
    {
        var escaped = values.Select(value => SpecialCharacter().Replace(value, @"\\$&"));
        return values.Count == 1 ? escaped.Single() : $"({string.Join('|', escaped)})";
    }

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\$(\w+)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"[$^*{}\[\]+?.()|\\]")]
    private static partial Regex SpecialCharacter();
}
