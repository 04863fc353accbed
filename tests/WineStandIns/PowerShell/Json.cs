using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Smb1Exporter.WineStandIns.PowerShell;

/// <summary>What ConvertFrom-Json and ConvertTo-Json do, as far as settings files need it.</summary>
public static class Json
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static object? ToObject(string text)
    {
        using var document = JsonDocument.Parse(text);
        return ToObject(document.RootElement);
    }

    public static string ToText(object value) => ToNode(value)!.ToJsonString(Indented);

    private static object? ToObject(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var made = new PSObject();
                foreach (var property in element.EnumerateObject())
                {
                    made.Properties.Add(new PSNoteProperty(property.Name, ToObject(property.Value)));
                }

                return made;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(ToObject).ToArray();
            case JsonValueKind.Number:
                return element.TryGetInt64(out var whole) ? whole : element.GetDouble();
            default:
                return element.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => element.GetString() };
        }
    }

    private static JsonNode? ToNode(object? value) => value switch
    {
        PSObject { BaseObject: not PSCustomObject and var plain } => ToNode(plain),
        PSObject made => new JsonObject(made.Properties.Select(property => KeyValuePair.Create(property.Name, ToNode(property.Value)))),
        object[] items => new JsonArray([.. items.Select(ToNode)]),
        _ => JsonSerializer.SerializeToNode(value),
    };
}
