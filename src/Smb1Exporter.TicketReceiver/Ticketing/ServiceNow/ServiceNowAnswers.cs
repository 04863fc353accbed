using System.Text.Json;

namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>Reads answers of the Table API, which stand in "result". Pure.</summary>
internal static class ServiceNowAnswers
{
    /// <summary>The records of a list; null when there is none.</summary>
    public static IReadOnlyList<JsonElement>? Records(JsonElement answer) =>
        Result(answer) is { ValueKind: JsonValueKind.Array } records ? [.. records.EnumerateArray()] : null;

    /// <summary>One record; null when there is none.</summary>
    public static JsonElement? Record(JsonElement answer) => Result(answer) is { ValueKind: JsonValueKind.Object } record ? record : null;

    /// <summary>A column's value; null when the column is not in the answer, because it is not there or must not be read.</summary>
    public static string? Text(JsonElement record, string column) =>
        record.ValueKind == JsonValueKind.Object && record.TryGetProperty(column, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Null => "",
                _ => value.GetRawText(),
            }
            : null;

    /// <summary>What people call a ticket: its number, or its sys_id where the table has no numbers.</summary>
    public static string? Reference(JsonElement record) =>
        Text(record, "number") is { Length: > 0 } number ? number : Text(record, "sys_id");

    private static JsonElement? Result(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("result", out var result) ? result : null;
}
