using System.Buffers.Binary;
using System.Text;

namespace Smb1Exporter.Probing.Wire;

/// <summary>
/// What stands around SMB messages on TCP: four bytes with the length on port 445 (MS-SMB2 2.1), and on port 139 before the first message a request for
/// a session with a NetBIOS name (RFC 1001 14.1, RFC 1002 4.3). Pure.
/// </summary>
internal static class NetBios
{
    /// <summary>Bytes in front of each message.</summary>
    public const int HeaderLength = 4;

    /// <summary>The port on which a session has to be requested.</summary>
    public const int SessionPort = 139;

    /// <summary>The name by which every server is called that does not insist on its own.</summary>
    public const string AnyServer = "*SMBSERVER";

    private const byte Message = 0x00;
    private const byte SessionRequest = 0x81;
    private const byte PositiveResponse = 0x82;
    private const byte NegativeResponse = 0x83;
    private const byte KeepAlive = 0x85;
    private const byte ServerSuffix = 0x20;
    private const int NameLength = 15;

    /// <summary>A message as it goes over the wire.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> message) => Packet(Message, message);

    /// <summary>Asks for a session with a server.</summary>
    /// <param name="called">Its NetBIOS name, at most 15 characters; what is longer is cut, as servers register it.</param>
    /// <param name="calling">Our own.</param>
    /// <returns>Null where a name is not ASCII: the bytes of other letters depend on the server's code page.</returns>
    public static byte[]? RequestSession(string called, string calling) =>
        Ascii.IsValid(called) && Ascii.IsValid(calling) ? Packet(SessionRequest, [.. Encode(called, ServerSuffix), .. Encode(calling, 0)]) : null;

    /// <summary>What a packet is, and how long its content is, by its first four bytes.</summary>
    public static (NetBiosPacket Kind, int Length) ReadHeader(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(header) & 0xFFFFFF;
        var kind = (header[0], length) switch
        {
            (Message, _) => NetBiosPacket.Message,
            (PositiveResponse, 0) => NetBiosPacket.SessionGranted,
            (NegativeResponse, 1) => NetBiosPacket.SessionRefused,
            (KeepAlive, 0) => NetBiosPacket.KeepAlive,
            _ => NetBiosPacket.Other,
        };
        return (kind, length);
    }

    private static byte[] Packet(byte kind, ReadOnlySpan<byte> content)
    {
        var packet = new byte[HeaderLength + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(packet, content.Length);
        packet[0] = kind;
        content.CopyTo(packet.AsSpan(HeaderLength));
        return packet;
    }

    /// <summary>Each half byte becomes a letter from A to P.</summary>
    private static byte[] Encode(string name, byte suffix)
    {
        var plain = Encoding.ASCII.GetBytes(name.ToUpperInvariant().PadRight(NameLength)[..NameLength]);
        return [32, .. plain.Append(suffix).SelectMany(letter => new[] { (byte)('A' + (letter >> 4)), (byte)('A' + (letter & 0xF)) }), 0];
    }
}

/// <summary>What a packet is.</summary>
internal enum NetBiosPacket
{
    /// <summary>It holds a message of SMB.</summary>
    Message,

    /// <summary>Grants the session that was requested.</summary>
    SessionGranted,

    /// <summary>Refuses it.</summary>
    SessionRefused,

    /// <summary>Says nothing.</summary>
    KeepAlive,

    /// <summary>No packet that a server sends here.</summary>
    Other,
}
