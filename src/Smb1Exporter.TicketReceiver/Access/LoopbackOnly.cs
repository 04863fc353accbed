using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Smb1Exporter.TicketReceiver.Access;

/// <summary>Keeps a receiver that asks for no token off the network.</summary>
internal static class LoopbackOnly
{
    /// <summary>Has each address checked before it is listened on, from whatever setting it comes.</summary>
    public static void Require(KestrelServerOptions kestrel) => kestrel.ConfigureEndpointDefaults(Check);

    private static void Check(ListenOptions address)
    {
        if (address.EndPoint is IPEndPoint ip ? !IPAddress.IsLoopback(ip.Address) : address.SocketPath is null)
        {
            throw new StartupException(
                $"Refusing to listen on {address} without a token: anyone on the network could make and read tickets. "
                + "Set Receiver:TokenFile to a file that holds a token, or listen on a loopback address such as http://127.0.0.1:10446 (urls).");
        }
    }
}
