using System.Net;
using System.Net.Sockets;
using Smb1Exporter.TicketReceiver.Alerts;

namespace Smb1Exporter.TicketReceiver.Composing;

/// <summary>Writes what was found, one line per client, most attempts first; of as many attempts, by address.</summary>
internal static class ResultLines
{
    public static string Write(ServerNotification notification)
    {
        var lines = notification.Clients
            .OrderByDescending(client => client.Attempts ?? -1)
            .ThenBy(client => AddressOrder(client.Address), StringComparer.Ordinal)
            .ThenBy(client => client.Kind)
            .Select(Line);
        return string.Join('\n', notification.NotListed > 0 ? lines.Append(NotListedLine(notification)) : lines);
    }

    private static string Line(ClientActivity client)
    {
        var attempts = client.Attempts is { } number ? Figures.Count(number, "SMB1 connection attempt", "D") : "SMB1 connection attempts (number not known)";
        var last = client.LastSeen is { } time ? $"last at {Figures.Time(time)} UTC" : "time of the last not known";
        var note = client.Kind switch
        {
            ClientKind.Rejected => " (refused because SMB1 is off; the server's log names no client)",
            ClientKind.Others => " (several clients beyond the exporter's limit, counted together)",
            ClientKind.NotNamed => " (the alert names no client)",
            _ => "",
        };
        var name = client.Name is null ? "" : $" ({client.Name})";
        return $"{client.Address}{name}: {attempts}, {last}{note}";
    }

    private static string NotListedLine(ServerNotification notification)
    {
        var upTo = notification.NotListedIsUpperBound ? "up to " : "";
        return $"… and {upTo}{Figures.Count(notification.NotListed, "more client", "D")}, not listed by Alertmanager";
    }

    // IPv4 by number, then IPv6 by number, then names.
    private static string AddressOrder(string address)
    {
        if (!IPAddress.TryParse(address, out var parsed))
        {
            return "n" + address;
        }

        var family = parsed.AddressFamily == AddressFamily.InterNetwork ? "4" : "6";
        return family + Convert.ToHexString(parsed.GetAddressBytes());
    }
}
