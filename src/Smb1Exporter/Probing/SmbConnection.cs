using System.Net;
using System.Net.Sockets;
using Smb1Exporter.Probing.Wire;

namespace Smb1Exporter.Probing;

/// <summary>One connection to an SMB server.</summary>
internal sealed class SmbConnection : IDisposable
{
    /// <summary>Longer than any answer to what is asked here.</summary>
    private const int LongestMessage = 64 * 1024;

    private const int MostKeepAlives = 10;

    private readonly ProbeTarget _target;
    private readonly Socket _socket;

    private SmbConnection(ProbeTarget target, Socket socket, IPEndPoint local) => (_target, _socket, Local) = (target, socket, local);

    /// <summary>The end of it on our side, known before anybody else can know it.</summary>
    public IPEndPoint Local { get; }

    /// <summary>Takes a port for a connection, and does not connect yet.</summary>
    /// <exception cref="NotAskedException">There is none, or no way to the server.</exception>
    public static SmbConnection Prepare(ProbeTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Socket? socket = null;
        try
        {
            socket = new Socket(target.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(target.Source ?? SourceTo(target.EndPoint), 0));
            return new SmbConnection(target, socket, (IPEndPoint)socket.LocalEndPoint!);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw CannotConnect(e);
        }
    }

    /// <summary>Connects, and requests a session where the target needs one.</summary>
    /// <param name="calling">The NetBIOS name by which we call ourselves.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <exception cref="NotAskedException">There is no connection.</exception>
    public async Task ConnectAsync(string calling, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.ConnectAsync(_target.EndPoint, cancellationToken);
        }
        catch (SocketException e)
        {
            throw CannotConnect(e);
        }

        if (_target.NeedsSession)
        {
            await RequestSessionAsync(_target.CalledName ?? NetBios.AnyServer, calling, cancellationToken);
        }
    }

    /// <summary>Sends a message of SMB.</summary>
    /// <returns>The next message of the server.</returns>
    /// <exception cref="NotAskedException">None came.</exception>
    public async Task<byte[]> AskAsync(byte[] message, CancellationToken cancellationToken)
    {
        await SendAsync(NetBios.Frame(message), cancellationToken);
        return await ReceiveAsync(cancellationToken);
    }

    /// <summary>The next message of the server.</summary>
    /// <exception cref="NotAskedException">None came.</exception>
    public async Task<byte[]> ReceiveAsync(CancellationToken cancellationToken)
    {
        var (kind, content) = await ReceivePacketAsync(cancellationToken);
        return kind switch
        {
            NetBiosPacket.Message => content,

            // On port 445 nobody requests a session, and smbd refuses it all the same where "hosts deny" names us.
            NetBiosPacket.SessionRefused => throw new NotAskedException(NotAskedReason.NoSession, "it refuses a session"),
            _ => throw NoSmb(),
        };
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The answer of what does not speak SMB.</summary>
    public static NotAskedException NoSmb() => new(NotAskedReason.NotSmb, "it does not answer as an SMB server");

    /// <summary>The address from which connections to another one come, as the system's routes say. Nothing is sent.</summary>
    private static IPAddress SourceTo(IPEndPoint target)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(target);
        return ((IPEndPoint)socket.LocalEndPoint!).Address;
    }

    private static NotAskedException CannotConnect(SocketException e) => new(NotAskedReason.NotConnected, $"it cannot be connected to ({e.SocketErrorCode})");

    private static NotAskedException BrokeOff(SocketException e) => new(NotAskedReason.Closed, $"it broke off the connection ({e.SocketErrorCode})");

    private async Task RequestSessionAsync(string called, string calling, CancellationToken cancellationToken)
    {
        if (NetBios.RequestSession(called, calling) is not { } request)
        {
            throw new NotAskedException(NotAskedReason.NoSession, $"it cannot be called {called}, which is not ASCII");
        }

        await SendAsync(request, cancellationToken);
        var (kind, _) = await ReceivePacketAsync(cancellationToken);
        if (kind != NetBiosPacket.SessionGranted)
        {
            throw kind == NetBiosPacket.SessionRefused
                ? new NotAskedException(NotAskedReason.NoSession, $"it refuses a session under the name {called}")
                : NoSmb();
        }
    }

    private async Task SendAsync(byte[] packet, CancellationToken cancellationToken)
    {
        try
        {
            for (var sent = 0; sent < packet.Length;)
            {
                sent += await _socket.SendAsync(packet.AsMemory(sent), cancellationToken);
            }
        }
        catch (SocketException e)
        {
            throw BrokeOff(e);
        }
    }

    private async Task<(NetBiosPacket Kind, byte[] Content)> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        for (var keepAlives = 0; keepAlives <= MostKeepAlives; keepAlives++)
        {
            var (kind, length) = NetBios.ReadHeader(await ReceiveAsync(NetBios.HeaderLength, cancellationToken));
            if (kind != NetBiosPacket.KeepAlive)
            {
                // Of what is no message nothing is waited for.
                return kind != NetBiosPacket.Message ? (kind, [])
                    : length <= LongestMessage ? (kind, await ReceiveAsync(length, cancellationToken))
                    : throw NoSmb();
            }
        }

        throw NoSmb();
    }

    private async Task<byte[]> ReceiveAsync(int length, CancellationToken cancellationToken)
    {
        var received = new byte[length];
        try
        {
            for (var at = 0; at < length;)
            {
                var count = await _socket.ReceiveAsync(received.AsMemory(at), cancellationToken);
                at += count > 0 ? count : throw new NotAskedException(NotAskedReason.Closed, "it closed the connection without an answer");
            }
        }
        catch (SocketException e)
        {
            throw BrokeOff(e);
        }

        return received;
    }
}
