using System.Text.Json;

namespace Smb1Exporter.TestSupport;

/// <summary>An alert as Prometheus or Alertmanager lists it.</summary>
/// <param name="State">For Prometheus pending or firing, for Alertmanager active, suppressed or unprocessed.</param>
public sealed record FiringAlert(string State, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)
{
    public string Name => Labels["alertname"];

    internal static Dictionary<string, string> ReadTexts(JsonElement element) =>
        element.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetString() ?? "", StringComparer.Ordinal);
}
