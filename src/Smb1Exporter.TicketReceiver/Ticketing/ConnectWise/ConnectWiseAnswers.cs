using System.Globalization;
using System.Text.Json;

namespace Smb1Exporter.TicketReceiver.Ticketing.ConnectWise;

/// <summary>What is needed of a ticket.</summary>
/// <param name="Id">Its number, as people know it.</param>
/// <param name="Key">What its field for the key holds; null when empty.</param>
/// <param name="IsOpen">Neither closed nor merged into another ticket, which hides it from the technicians.</param>
internal sealed record ConnectWiseTicket(string Id, string? Key, bool IsOpen);

/// <summary>Reads what ConnectWise PSA answers. Pure.</summary>
internal static class ConnectWiseAnswers
{
    /// <summary>The records of a page; null when the answer is none.</summary>
    public static IReadOnlyList<JsonElement>? Records(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Array && answer.EnumerateArray().All(record => Id(record) is not null) ? [.. answer.EnumerateArray()] : null;

    /// <summary>A ticket; null when the answer is none.</summary>
    public static ConnectWiseTicket? Ticket(JsonElement answer) => Id(answer) is { } id
        ? new ConnectWiseTicket(
            id.ToString(CultureInfo.InvariantCulture),
            Text(answer, ConnectWiseRequests.KeyField),
            !IsTrue(answer, "closedFlag") && Member(answer, "mergedParentTicket") is not { ValueKind: JsonValueKind.Object })
        : null;

    /// <summary>A record's number; null when it has none.</summary>
    public static long? Id(JsonElement record) => Member(record, "id") is { ValueKind: JsonValueKind.Number } id && id.TryGetInt64(out var number) ? number : null;

    /// <summary>A member that is text; null when there is none.</summary>
    public static string? Text(JsonElement record, string name) =>
        Member(record, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>Whether a member is true.</summary>
    public static bool IsTrue(JsonElement record, string name) => Member(record, name) is { ValueKind: JsonValueKind.True };

    /// <summary>The mail addresses and telephone numbers of a contact.</summary>
    public static IEnumerable<string?> CommunicationItems(JsonElement contact) =>
        Member(contact, "communicationItems") is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray().Select(item => Text(item, "value")) : [];

    private static JsonElement? Member(JsonElement record, string name) =>
        record.ValueKind == JsonValueKind.Object && record.TryGetProperty(name, out var member) ? member : null;
}
