using System.Globalization;

namespace Smb1Exporter.Benchmarks.Peers;

/// <summary>One metric of a scrape of the exporter, which the peers show too.</summary>
/// <param name="Name">Its name, of a counter without <c>_total</c>.</param>
/// <param name="IsCounter">Whether it is a counter; else it is a gauge.</param>
/// <param name="Help">Its help.</param>
internal sealed record Family(string Name, bool IsCounter, string Help)
{
    /// <summary>The labels that all series have.</summary>
    public static readonly string[] Common = ["host_name", "customer"];

    private const string Total = "_total";

    public List<Series> All { get; } = [];

    /// <summary>Reads a scrape; what describes the target is left out, since OpenTelemetry adds it by itself.</summary>
    public static List<Family> Read(string text)
    {
        var families = new List<Family>();
        var isCounter = false;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                isCounter = line.EndsWith(" counter", StringComparison.Ordinal);
            }
            else if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var (name, help) = Cut(line["# HELP ".Length..], ' ');
                families.Add(new Family(isCounter && name.EndsWith(Total, StringComparison.Ordinal) ? name[..^Total.Length] : name, isCounter, help));
            }
            else if (line.Length > 0)
            {
                families[^1].All.Add(Series.Read(line));
            }
        }

        families.RemoveAll(family => family.Name == "target_info");
        return families;
    }

    internal static (string Before, string After) Cut(string text, char at) => text.IndexOf(at) is var index and >= 0 ? (text[..index], text[(index + 1)..]) : (text, "");
}

/// <summary>One series.</summary>
/// <param name="Labels">Its labels but for the common ones.</param>
/// <param name="Value">Its value.</param>
internal sealed record Series(IReadOnlyList<KeyValuePair<string, string>> Labels, double Value)
{
    public static Series Read(string line)
    {
        var (begin, end) = (line.IndexOf('{', StringComparison.Ordinal), line.LastIndexOf('}'));
        var value = double.Parse(line[(Math.Max(end, line.IndexOf(' ', Math.Max(end, 0)) - 1) + 1)..], CultureInfo.InvariantCulture);
        var labels = begin < 0 ? "" : line[(begin + 1)..end];
        return new Series(
            [.. labels.Split("\",", StringSplitOptions.RemoveEmptyEntries)
                .Select(label => Family.Cut(label.TrimEnd('"'), '='))
                .Select(label => KeyValuePair.Create(label.Before, label.After[1..]))
                .Where(label => !Family.Common.Contains(label.Key))],
            value);
    }
}
