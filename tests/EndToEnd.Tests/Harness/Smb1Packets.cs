using System.Buffers.Binary;
using System.Text;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>The two requests with which an SMB1 client begins, as bytes ([MS-CIFS] 2.2.4.52 and 2.2.4.53), without the length before them.</summary>
internal static class Smb1Packets
{
    private const byte Negotiation = 0x72;
    private const byte SessionSetUpAndX = 0x73;
    private const int StatusAt = 5;

    /// <summary>Asks for one of these dialects.</summary>
    public static byte[] Negotiate(IEnumerable<string> dialects) =>
        Packet(Negotiation, [], [.. dialects.SelectMany(dialect => (byte[])[2, .. Text(dialect)])], multiplexId: 1);

    /// <summary>Asks for a session; to be sent after the dialect "NT LM 0.12" was agreed on.</summary>
    /// <param name="account">Sent as it is, a byte for each character; empty: an anonymous session.</param>
    public static byte[] SessionSetUp(string account)
    {
        // An anonymous session has an empty password; any other comes with an answer to the challenge, here a wrong one.
        var password = new byte[account.Length == 0 ? 1 : 24];
        var words = new byte[26];
        words[0] = 0xff;
        BinaryPrimitives.WriteUInt16LittleEndian(words.AsSpan(4), ushort.MaxValue);
        words[6] = 2;
        words[8] = 1;
        words[14] = (byte)password.Length;
        words[22] = 0x54;
        return Packet(SessionSetUpAndX, words, [.. password, .. Text(account), .. Text(""), .. Text("Unix"), .. Text("Test")], multiplexId: 2);
    }

    /// <summary>The NT status of an answer; 0: done as asked.</summary>
    public static uint StatusOf(byte[] answer) => BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(StatusAt));

    private static byte[] Text(string text) => [.. Encoding.Latin1.GetBytes(text), 0];

    private static byte[] Packet(byte command, byte[] words, byte[] data, byte multiplexId)
    {
        // Protocol, command, status, flags (no case, canonical paths), flags 2 (long names, NT status), and what a first request leaves at zero.
        byte[] header = [0xff, (byte)'S', (byte)'M', (byte)'B', command, 0, 0, 0, 0, 0x18, 0x01, 0x40, .. new byte[18], multiplexId, 0];
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, checked((ushort)data.Length));
        return [.. header, (byte)(words.Length / 2), .. words, .. length, .. data];
    }
}
