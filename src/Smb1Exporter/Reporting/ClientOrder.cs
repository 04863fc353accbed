using System.Net;
using System.Net.Sockets;
using Smb1Exporter.State;

namespace Smb1Exporter.Reporting;

/// <summary>What clients are sorted by.</summary>
internal enum ClientColumn
{
    Address,
    Name,
    Attempts,
    FirstSeen,
    LastSeen,
}

/// <summary>An order of clients; of equals, by address.</summary>
/// <param name="By">The column.</param>
/// <param name="Descending">Largest, or latest, first.</param>
internal sealed record ClientOrder(ClientColumn By, bool Descending)
{
    /// <summary>Most attempts first.</summary>
    public static ClientOrder Default { get; } = new(ClientColumn.Attempts, Descending: true);

    /// <summary>Reads <c>?sort=…&amp;order=asc|desc</c>; what it does not know is the default.</summary>
    public static ClientOrder Parse(string? sort, string? order)
    {
        ClientColumn? column = sort switch
        {
            "address" => ClientColumn.Address,
            "name" => ClientColumn.Name,
            "attempts" => ClientColumn.Attempts,
            "first_seen" => ClientColumn.FirstSeen,
            "last_seen" => ClientColumn.LastSeen,
            _ => null,
        };
        return column is not { } by ? Default : order switch
        {
            "asc" => new ClientOrder(by, false),
            "desc" => new ClientOrder(by, true),
            _ => Natural(by),
        };
    }

    /// <summary>The order that a click on the column's head asks for: the natural one first, then the other way round.</summary>
    public ClientOrder AfterClick(ClientColumn column) => column == By ? this with { Descending = !Descending } : Natural(column);

    /// <summary>The query string that <see cref="Parse"/> reads.</summary>
    public string Query => $"?sort={Word(By)}&order={(Descending ? "desc" : "asc")}";

    public IEnumerable<ClientTotals> Sort(IEnumerable<ClientTotals> clients) => By switch
    {
        ClientColumn.Address => Ordered(clients, AddressKey, StringComparer.Ordinal),

        // Clients without a name come last either way.
        ClientColumn.Name => Ordered(
            clients.OrderBy(client => client.Name is null), client => client.Name ?? "", StringComparer.Ordinal),
        ClientColumn.Attempts => Ordered(clients, client => client.Attempts.Total, Comparer<long>.Default),
        ClientColumn.FirstSeen => Ordered(clients, client => client.FirstSeen, Comparer<DateTimeOffset>.Default),
        _ => Ordered(clients, client => client.LastSeen, Comparer<DateTimeOffset>.Default),
    };

    // Names, and the moment of the last attempt, are read from A and from now on.
    private static ClientOrder Natural(ClientColumn column) => new(column, column is not (ClientColumn.Address or ClientColumn.Name));

    private static string Word(ClientColumn column) => column switch
    {
        ClientColumn.Address => "address",
        ClientColumn.Name => "name",
        ClientColumn.Attempts => "attempts",
        ClientColumn.FirstSeen => "first_seen",
        _ => "last_seen",
    };

    private IOrderedEnumerable<ClientTotals> Ordered<T>(IEnumerable<ClientTotals> clients, Func<ClientTotals, T> key, IComparer<T> comparer)
    {
        var sorted = clients is IOrderedEnumerable<ClientTotals> begun
            ? Descending ? begun.ThenByDescending(key, comparer) : begun.ThenBy(key, comparer)
            : Descending ? clients.OrderByDescending(key, comparer) : clients.OrderBy(key, comparer);
        return sorted.ThenBy(AddressKey, StringComparer.Ordinal);
    }

    /// <summary>IPv4 by number, then IPv6 by number, then names.</summary>
    private static string AddressKey(ClientTotals client)
    {
        if (!IPAddress.TryParse(client.Address, out var address))
        {
            return $"n{client.Address}";
        }

        return (address.AddressFamily == AddressFamily.InterNetwork ? "4" : "6") + Convert.ToHexString(address.GetAddressBytes());
    }
}
