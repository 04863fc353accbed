using System.Net;
using System.Net.Sockets;

namespace Smb1Exporter.Probing;

/// <summary>Finds which servers are to be asked: those that a setting names, or all that listen on this machine.</summary>
/// <param name="finder">Finds those that listen.</param>
/// <param name="named">Those that the setting names; empty for all.</param>
internal sealed class ServersToAsk(ListeningSocketFinder finder, IReadOnlyList<EndPoint> named)
{
    /// <summary>Looks now. Never throws but for cancellation.</summary>
    public async Task<ListeningReport> FindAsync(CancellationToken cancellationToken)
    {
        var found = await finder.FindAsync(cancellationToken);
        if (named.Count == 0)
        {
            return found;
        }

        var sockets = new List<ListeningSocket>();
        foreach (var server in named)
        {
            foreach (var address in await ResolveAsync(server, cancellationToken))
            {
                var owners = found.Sockets
                    .Where(socket => socket.Access == ListeningSocketAccess.Here && Takes(socket.Bound, address))
                    .SelectMany(socket => socket.ProcessIds)
                    .Distinct()
                    .Order();
                sockets.Add(new ListeningSocket(address, ListeningSocketAccess.Here, address, [.. owners]));
            }
        }

        var processes = sockets.SelectMany(socket => socket.ProcessIds).ToHashSet();
        return new ListeningReport(
            ListeningCertainty.ByProcess, sockets, sockets.Count == 0 ? $"None of Exporter:Samba:Servers ({string.Join(", ", named)}) has an address." : "")
        {
            Servers = [.. found.Servers.Where(server => processes.Contains(server.ProcessId))],
        };
    }

    private static bool Takes(IPEndPoint bound, IPEndPoint address) => bound.Port == address.Port
        && (bound.Address.Equals(address.Address)
            || bound.Address.Equals(IPAddress.IPv6Any)
            || (bound.Address.Equals(IPAddress.Any) && address.AddressFamily == AddressFamily.InterNetwork));

    private static async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(EndPoint server, CancellationToken cancellationToken)
    {
        if (server is IPEndPoint address)
        {
            return [address];
        }

        var name = (DnsEndPoint)server;
        try
        {
            return [.. (await Dns.GetHostAddressesAsync(name.Host, cancellationToken)).Select(found => new IPEndPoint(found, name.Port))];
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
