using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>
/// A connection to smbd on which the test sends the packets itself: from any address of 127.0.0.0/8, from a port of its choice, with names that no
/// client program would send.
/// </summary>
internal sealed class RawSmbConnection : IDisposable
{
    private const int LengthBytes = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Socket _socket;

    private RawSmbConnection(Socket socket) => _socket = socket;

    /// <param name="sourcePort">0: any that is free.</param>
    public static async Task<RawSmbConnection> ConnectAsync(SambaServer samba, string sourceAddress = "127.0.0.1", int sourcePort = 0)
    {
        using var limit = new CancellationTokenSource(Limit);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // The port may be one that a connection had until a moment ago.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Parse(sourceAddress), sourcePort));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, samba.Port), limit.Token);
            return new RawSmbConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One SMB1 client: dialect, session, and it hangs up. What became of the session is the server's business.</summary>
    /// <param name="account">Empty: an anonymous session, which succeeds.</param>
    public static async Task SetUpSmb1SessionAsync(SambaServer samba, string sourceAddress, string account = "")
    {
        using var connection = await ConnectAsync(samba, sourceAddress);
        await connection.NegotiateSmb1Async();
        await connection.AskAsync(Smb1Packets.SessionSetUp(account));
        await connection.HangUpAsync();
    }

    public async Task NegotiateSmb1Async()
    {
        var answer = await AskAsync(Smb1Packets.Negotiate(["NT LM 0.12"]));
        if (answer is not [0xff, ..] || Smb1Packets.StatusOf(answer) != 0)
        {
            throw new InvalidOperationException($"smbd did not agree on SMB1: {Convert.ToHexString(answer)}");
        }
    }

    /// <summary>Sends a packet, and returns the answer.</summary>
    public async Task<byte[]> AskAsync(byte[] packet)
    {
        using var limit = new CancellationTokenSource(Limit);
        var framed = new byte[LengthBytes + packet.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, packet.Length);
        packet.CopyTo(framed, LengthBytes);
        await using var stream = new NetworkStream(_socket);
        await stream.WriteAsync(framed, limit.Token);
        var length = new byte[LengthBytes];
        await stream.ReadExactlyAsync(length, limit.Token);
        var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(answer, limit.Token);
        return answer;
    }

    /// <summary>Says goodbye, and returns once smbd's process for the connection has ended.</summary>
    public async Task HangUpAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        _socket.Shutdown(SocketShutdown.Send);
        while (await _socket.ReceiveAsync(new byte[1024], limit.Token) > 0)
        {
        }
    }

    /// <summary>Ends it with a TCP reset: both ends forget it at once, so its port can be used again for the same server.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();
}
