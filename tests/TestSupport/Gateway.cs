using System.Net;
using System.Net.Sockets;

namespace Smb1Exporter.TestSupport;

/// <summary>Stands before a server on 127.0.0.1, under an address of its own, and can die in its place: then nobody listens.</summary>
public sealed class Gateway : IAsyncDisposable
{
    private readonly int _targetPort;
    private CancellationTokenSource _end = new();
    private Task _accepting = Task.CompletedTask;

    public Gateway(int targetPort)
    {
        _targetPort = targetPort;
        Port = FreePorts.Next();
        Open();
    }

    public int Port { get; }

    /// <summary>Listens again.</summary>
    public void Open()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start(512);
        _end = new CancellationTokenSource();
        _accepting = AcceptAsync(listener, _end.Token);
    }

    /// <summary>Stops to listen and cuts all connections.</summary>
    public async Task CloseAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _end.Dispose();
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task AcceptAsync(TcpListener listener, CancellationToken end)
    {
        using (listener)
        {
            try
            {
                while (true)
                {
                    _ = PassOnAsync(await listener.AcceptTcpClientAsync(end), end);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    private async Task PassOnAsync(TcpClient client, CancellationToken end)
    {
        using (client)
        using (var target = new TcpClient())
        {
            try
            {
                await target.ConnectAsync(IPAddress.Loopback, _targetPort, end);
                (client.NoDelay, target.NoDelay) = (true, true);
                await Task.WhenAny(
                    client.GetStream().CopyToAsync(target.GetStream(), end), target.GetStream().CopyToAsync(client.GetStream(), end));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                // One end has gone: so does the other.
            }
        }
    }
}
