using System.Net;
using System.Net.Sockets;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>Passes TCP connections on from a source address of the test's choice (any of 127.0.0.0/8), which smbclient cannot choose.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    public Relay(string sourceAddress, int targetPort)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(IPAddress.Parse(sourceAddress), targetPort);
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync(IPAddress source, int targetPort)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(PassOnAsync(await _listener.AcceptTcpClientAsync(_end.Token), source, targetPort));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassOnAsync(TcpClient client, IPAddress source, int targetPort)
    {
        using (client)
        using (var target = new TcpClient(new IPEndPoint(source, 0)))
        {
            try
            {
                await target.ConnectAsync(IPAddress.Loopback, targetPort, _end.Token);
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(target.GetStream(), _end.Token),
                    target.GetStream().CopyToAsync(client.GetStream(), _end.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                // One end has gone: so does the other.
            }
        }
    }
}
