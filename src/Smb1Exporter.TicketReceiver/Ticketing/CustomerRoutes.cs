namespace Smb1Exporter.TicketReceiver.Ticketing;

/// <summary>The parts of a <see cref="TicketRoute"/>.</summary>
[Flags]
internal enum RouteParts
{
    None = 0,

    /// <summary>The customer's company, organisation or account.</summary>
    Company = 1,

    /// <summary>The board, project or kind of ticket.</summary>
    Board = 2,

    /// <summary>The queue, team or group.</summary>
    Queue = 4,

    /// <summary>The priority.</summary>
    Priority = 8,

    /// <summary>The person or address that stands as requester, or gets the mail.</summary>
    Contact = 16,
}

/// <summary>Which customer's tickets go where. A customer that is not named goes to the catch-all, never nowhere. Pure.</summary>
/// <param name="catchAll">For whoever is not named, and for what a named one leaves open.</param>
/// <param name="named">By the label <c>customer</c>, in any case.</param>
internal sealed class CustomerRoutes(TicketRoute catchAll, IReadOnlyDictionary<string, TicketRoute> named)
{
    private const string CatchAllKey = "CatchAll";
    private const string CustomersKey = "Customers";

    /// <summary>All routes there are, each with the setting it comes from, for a check.</summary>
    public IEnumerable<(string Setting, TicketRoute Route)> All =>
        named.Select(pair => ($"Receiver:{CustomersKey} ({pair.Key})", pair.Value)).Prepend(($"Receiver:{CatchAllKey}", catchAll));

    /// <summary>Whether a customer has a route of its own.</summary>
    public bool IsNamed(string customer) => named.ContainsKey(customer);

    /// <summary>Where a customer's tickets go.</summary>
    public TicketRoute Of(string customer) => named.GetValueOrDefault(customer, catchAll);

    /// <summary>Reads <c>CatchAll</c> and <c>Customers</c>; what the ticketing system has no use for, or misses, is rejected.</summary>
    public static CustomerRoutes Read(SectionReader reader, TicketingSystemKind kind, IRouteUse system)
    {
        var catchAll = ReadRoute(reader, $"{CatchAllKey}:", new TicketRoute(null, null, null, null, null), kind, system.Uses);
        foreach (var part in Parts(system.Needs).Where(part => catchAll.Of(part) is null))
        {
            reader.Reject($"{CatchAllKey}:{part}", $"is missing, and {kind} makes no ticket without it. Set it for all customers that Receiver:{CustomersKey} does not name.");
        }

        var named = new Dictionary<string, TicketRoute>(StringComparer.OrdinalIgnoreCase);
        reader.Groups(CustomersKey, prefix =>
        {
            var customer = reader.Text($"{prefix}Customer", null)?.Trim();
            var route = ReadRoute(reader, prefix, catchAll, kind, system.Uses);
            if (prefix.EndsWith(":N:", StringComparison.Ordinal))
            {
                return route;
            }

            if (string.IsNullOrEmpty(customer))
            {
                reader.Reject($"{prefix}Customer", "is missing. Set it to the label customer whose tickets this entry is for.");
            }
            else if (!named.TryAdd(customer, route))
            {
                reader.Reject($"{prefix}Customer", $"'{customer}' has another entry already. Keep one of them.");
            }

            return route;
        });
        return new CustomerRoutes(catchAll, named);
    }

    private static TicketRoute ReadRoute(SectionReader reader, string prefix, TicketRoute otherwise, TicketingSystemKind kind, RouteParts uses)
    {
        var company = Own(RouteParts.Company);

        // A contact is one of a company's people.
        var contact = Own(RouteParts.Contact) ?? (company is null ? otherwise.Contact : null);
        return new TicketRoute(
            company ?? otherwise.Company,
            Own(RouteParts.Board) ?? otherwise.Board,
            Own(RouteParts.Queue) ?? otherwise.Queue,
            Own(RouteParts.Priority) ?? otherwise.Priority,
            contact);

        string? Own(RouteParts part)
        {
            var value = reader.Text($"{prefix}{part}", null)?.Trim();
            if (value is not null && !uses.HasFlag(part))
            {
                var used = uses == RouteParts.None ? "none" : string.Join(", ", Parts(uses));
                reader.Reject($"{prefix}{part}", $"is not used by {kind}, which uses {used}. Remove it.");
            }

            return value;
        }
    }

    private static IEnumerable<RouteParts> Parts(RouteParts parts) =>
        Enum.GetValues<RouteParts>().Where(part => part != RouteParts.None && parts.HasFlag(part));
}
