using System.Globalization;
using System.Text.Json.Nodes;

namespace Smb1Exporter.TicketReceiver.Ticketing.HaloPsa;

/// <summary>A route in Halo's own numbers. For a preview, which asks nothing, names stand where the numbers would.</summary>
/// <param name="Client">client_id.</param>
/// <param name="TicketType">tickettype_id.</param>
/// <param name="Team">team_id; null leaves it to the ticket type.</param>
/// <param name="Priority">priority_id, which is the priority's priorityid; null leaves it to the ticket type.</param>
/// <param name="User">user_id; null leaves it to the client.</param>
internal sealed record HaloRoute(JsonNode Client, JsonNode TicketType, JsonNode? Team, JsonNode? Priority, JsonNode? User)
{
    /// <summary>Without asking for numbers.</summary>
    public static HaloRoute Unresolved(TicketRoute route) => new(
        Shown(route.Company)!, Shown(route.Board)!, Shown(route.Queue), Shown(route.Priority), Shown(route.Contact));

    /// <summary>What is written as a number is one; all else is a name.</summary>
    public static bool IsNumber(string value, out long number) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static JsonNode? Shown(string? value) => value switch
    {
        null => null,
        _ when IsNumber(value, out var number) => number,
        _ => $"(number of '{value}')",
    };
}
