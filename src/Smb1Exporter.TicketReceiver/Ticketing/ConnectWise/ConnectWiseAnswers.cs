using System.Globalization;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

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
            answer.Text(ConnectWiseRequests.KeyField),
            !answer.IsTrue("closedFlag") && answer.Object("mergedParentTicket") is null)
        : null;

    /// <summary>A record's number; null when it has none.</summary>
    public static long? Id(JsonElement record) => record.Number("id");

    /// <summary>The mail addresses and telephone numbers of a contact.</summary>
    public static IEnumerable<string?> CommunicationItems(JsonElement contact) =>
        (contact.List("communicationItems") ?? []).Select(item => item.Text("value"));
}
