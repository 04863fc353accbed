using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Smb1Exporter.Probing;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Probing;

/// <summary>Whatever may stand behind a port, done to each connection in turn: what it does with the stream, it does to the client.</summary>
internal sealed class FakeSmbServer(Func<NetworkStream, CancellationToken, Task> serve) : TcpServer
{
    private readonly ConcurrentQueue<IPEndPoint> _seen = new();

    /// <summary>Where connections came from.</summary>
    public IEnumerable<IPEndPoint> Seen => _seen;

    public ProbeTarget Target => new(new IPEndPoint(IPAddress.Loopback, Port));

    /// <summary>Answers each message with the next of these, and then hangs up.</summary>
    public static FakeSmbServer Answering(params IReadOnlyList<byte[]> packets) => new(async (stream, token) =>
    {
        foreach (var packet in packets)
        {
            await TakeMessageAsync(stream, token);
            await stream.WriteAsync(packet, token);
        }
    });

    /// <summary>Sends this to whoever has sent a message, and keeps the connection.</summary>
    public static FakeSmbServer Sending(byte[] bytes) => new(async (stream, token) =>
    {
        await TakeMessageAsync(stream, token);
        await stream.WriteAsync(bytes, token);
        await UntilLeftAsync(stream, token);
    });

    /// <summary>Reads one message with what stands around it.</summary>
    public static async Task<byte[]> TakeMessageAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var header = new byte[4];
        await stream.ReadExactlyAsync(header, cancellationToken);
        var content = new byte[(header[1] << 16) | (header[2] << 8) | header[3]];
        await stream.ReadExactlyAsync(content, cancellationToken);
        return [.. header, .. content];
    }

    /// <summary>Waits until the client has gone.</summary>
    public static async Task UntilLeftAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        while (await stream.ReadAsync(new byte[1024], cancellationToken) > 0)
        {
        }
    }

    protected override async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        _seen.Enqueue((IPEndPoint)client.Client.RemoteEndPoint!);
        await serve(client.GetStream(), cancellationToken);
    }
}
