using System.Globalization;

namespace Smb1Exporter.TestSupport;

/// <summary>One series with one value, as scraped or as a query's answer.</summary>
public sealed record PrometheusSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>Name and labels in a fixed order: equal for the same series.</summary>
    public string Series { get; } =
        $"{Name}{{{string.Join(',', Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}=\"{label.Value}\""))}}}";

    public string this[string label] => Labels.TryGetValue(label, out var value) ? value : "";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Series} {Value}");
}
