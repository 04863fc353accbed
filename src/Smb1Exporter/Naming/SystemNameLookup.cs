using System.Net;
using System.Net.Sockets;

namespace Smb1Exporter.Naming;

/// <summary>
/// Asks as everything else on this machine does: hosts file, its DNS servers, and on Windows its name resolution policy. A resolver of our own
/// would see other names than the technician who types the same address on the server.
/// </summary>
internal sealed class SystemNameLookup : INameLookup
{
    public async Task<string?> FindAsync(IPAddress address, CancellationToken cancellationToken)
    {
        try
        {
            // An address, not its text: that would be looked up the other way round.
            return (await Dns.GetHostEntryAsync(address).WaitAsync(cancellationToken)).HostName;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.TryAgain)
        {
            throw new TimeoutException("No name server answered.", e);
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
