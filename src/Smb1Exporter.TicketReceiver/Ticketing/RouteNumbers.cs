using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Smb1Exporter.TicketReceiver.Ticketing;

/// <summary>
/// The numbers under which a ticketing system keeps what the routes name. A check finds them, deliveries use them: names may change, and
/// asking anew for each ticket would double the requests. Safe for use by several threads.
/// </summary>
internal sealed class RouteNumbers
{
    private readonly ConcurrentDictionary<TicketRoute, IReadOnlyDictionary<RouteParts, long>> _found = new();

    /// <summary>Keeps what was found, for each part of the route that is set.</summary>
    public void Keep(TicketRoute route, IReadOnlyDictionary<RouteParts, long> numbers) => _found[route] = numbers;

    /// <summary>The number of each part of a route; null for a part that is not set.</summary>
    /// <exception cref="TicketingException">No check has found the route's parts yet.</exception>
    public Func<RouteParts, JsonNode?> Of(TicketRoute route)
    {
        if (!_found.TryGetValue(route, out var numbers))
        {
            throw new TicketingException(new TicketingOutcome.RetryLater("The customer's company and board or queue were not looked up yet."));
        }

        return part => numbers.TryGetValue(part, out var number) ? JsonValue.Create(number) : null;
    }

    /// <summary>What stands for the numbers where nothing was looked up.</summary>
    public static Func<RouteParts, JsonNode?> ToShow(TicketRoute route) => part =>
        route.Of(part) is { } value ? JsonValue.Create($"(number of {part} {value})") : null;
}
