using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>The first request of SMB1, SMB_COM_NEGOTIATE ([MS-CIFS] 2.2.4.52), and nothing after it.</summary>
internal static class SmbNegotiation
{
    /// <summary>The answer is one of SMB1.</summary>
    public const string Smb1 = "SMB1";

    /// <summary>The server chose SMB2 or newer.</summary>
    public const string Smb2 = "SMB2";

    private const int HeaderLength = 4;

    // Protocol, command, status, flags (no case, canonical paths), flags 2, and what a first request leaves at zero but for its MID of 1.
    private static readonly byte[] SmbHeader =
    [
        0xff, (byte)'S', (byte)'M', (byte)'B', 0x72, 0, 0, 0, 0, 0x18, 0x01, 0x28, .. new byte[18], 1, 0,
    ];

    /// <summary>Offers the dialects, reads the answer and hangs up; returns once smbd's process for the connection has ended.</summary>
    /// <returns><see cref="Smb1"/>, <see cref="Smb2"/>, or the first bytes of another answer.</returns>
    public static async Task<string> AskAsync(SambaServer samba, params IReadOnlyList<string> dialects)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, samba.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Request(dialects), limit.Token);
        var header = new byte[HeaderLength];
        await stream.ReadExactlyAsync(header, limit.Token);
        var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
        await stream.ReadExactlyAsync(answer, limit.Token);

        client.Client.Shutdown(SocketShutdown.Send);
        while (await stream.ReadAsync(new byte[1], limit.Token) > 0)
        {
        }

        return Convert.ToHexString(answer.AsSpan(0, 4)) switch
        {
            "FF534D42" => Smb1,
            "FE534D42" => Smb2,
            var other => other,
        };
    }

    private static byte[] Request(IEnumerable<string> dialects)
    {
        byte[] offered = [.. dialects.SelectMany(dialect => (byte[])[2, .. Encoding.ASCII.GetBytes(dialect), 0])];
        var request = new byte[HeaderLength + SmbHeader.Length + 3 + offered.Length];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length - HeaderLength);
        SmbHeader.CopyTo(request, HeaderLength);

        // No parameter words; then the length of the dialects, and these.
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(HeaderLength + SmbHeader.Length + 1), (ushort)offered.Length);
        offered.CopyTo(request, HeaderLength + SmbHeader.Length + 3);
        return request;
    }
}
