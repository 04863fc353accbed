using System.Net;
using System.Net.Sockets;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>Passes TCP connections on from a source address of the test's choice (any of 127.0.0.0/8), which smbclient cannot choose.</summary>
internal sealed class Relay(string sourceAddress, int targetPort) : TcpServer
{
    private readonly IPAddress _source = IPAddress.Parse(sourceAddress);

    protected override async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using var target = new TcpClient(new IPEndPoint(_source, 0));
        await target.ConnectAsync(IPAddress.Loopback, targetPort, cancellationToken);

        // One end has gone: so does the other.
        await Task.WhenAny(
            client.GetStream().CopyToAsync(target.GetStream(), cancellationToken),
            target.GetStream().CopyToAsync(client.GetStream(), cancellationToken));
    }
}
