using System.Globalization;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.HaloPsa;

/// <summary>Reads Halo's answers. Pure.</summary>
internal static class HaloAnswers
{
    /// <summary>The items of a list, which is an array or stands in an object beside record_count; null when there is none.</summary>
    public static IReadOnlyList<JsonElement>? Items(JsonElement answer)
    {
        if (answer.ValueKind == JsonValueKind.Object)
        {
            // Beside the items there can be lists of columns and the like.
            answer = answer.EnumerateObject()
                .Where(property => property.Value.ValueKind == JsonValueKind.Array && !property.Name.Contains("column", StringComparison.OrdinalIgnoreCase))
                .Select(property => property.Value)
                .FirstOrDefault();
        }

        return answer.ValueKind == JsonValueKind.Array ? [.. answer.EnumerateArray()] : null;
    }

    /// <summary>How many items there are on all pages; null when the answer does not say.</summary>
    public static long? Count(JsonElement answer) => answer.Number("record_count");

    /// <summary>What was saved: an object, or the only one of a list.</summary>
    public static JsonElement? Saved(JsonElement answer) => answer.ValueKind switch
    {
        JsonValueKind.Object => answer,
        JsonValueKind.Array when answer.GetArrayLength() == 1 && answer[0].ValueKind == JsonValueKind.Object => answer[0],
        _ => null,
    };

    /// <summary>The number of an item, as a text; null when it has none.</summary>
    public static string? Id(JsonElement item) => item.Number("id")?.ToString(CultureInfo.InvariantCulture);

    /// <summary>The value of a custom field: empty when it has none, null when the field is not in the answer.</summary>
    public static string? CustomField(JsonElement ticket, string field)
    {
        if (ticket.List("customfields") is not { } fields)
        {
            return null;
        }

        foreach (var entry in fields)
        {
            if (field.Equals(entry.Text("name"), StringComparison.OrdinalIgnoreCase))
            {
                return entry.Text("value") ?? "";
            }
        }

        return null;
    }
}
