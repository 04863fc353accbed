using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>Reads answers of the Table API, which stand in "result". Pure.</summary>
internal static class ServiceNowAnswers
{
    /// <summary>The records of a list; null when there is none.</summary>
    public static IReadOnlyList<JsonElement>? Records(JsonElement answer) =>
        answer.List("result");

    /// <summary>One record; null when there is none.</summary>
    public static JsonElement? Record(JsonElement answer) => answer.Object("result");

    /// <summary>A column's value; null when the column is not in the answer, because it is not there or must not be read.</summary>
    public static string? Text(JsonElement record, string column) => record.Member(column) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Null } => "",
        { } other => other.GetRawText(),
    };

    /// <summary>What people call a ticket: its number, or its sys_id where the table has no numbers.</summary>
    public static string? Reference(JsonElement record) =>
        Text(record, "number") is { Length: > 0 } number ? number : Text(record, "sys_id");
}
