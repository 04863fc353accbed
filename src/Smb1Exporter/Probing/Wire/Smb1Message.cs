using System.Buffers.Binary;
using System.Text;

namespace Smb1Exporter.Probing.Wire;

/// <summary>The two messages of SMB1 that are asked here, and their answers (MS-CIFS 2.2.3.1, 2.2.4.52 and 2.2.4.53). Pure.</summary>
internal static class Smb1Message
{
    private const byte Negotiate = 0x72;
    private const byte SessionSetup = 0x73;
    private const ushort NegotiateNumber = 1;
    private const ushort SetupNumber = 2;
    private const int CommandOffset = 4;
    private const int StatusOffset = 5;
    private const int FlagsOffset = 9;
    private const int Flags2Offset = 10;
    private const int ProcessOffset = 26;
    private const int NumberOffset = 30;
    private const int WordCountOffset = 32;
    private const int WordsOffset = 33;
    private const ushort NoDialect = 0xFFFF;
    private const byte ReplyFlag = 0x80;

    // Names without regard to case, in their shortest form.
    private const byte Flags = 0x18;

    // Long names, and errors as status codes of NT.
    private const ushort Flags2 = 0x4001;

    // All of SMB1, for a server whose "server max protocol" is an early one refuses the latest alone. None of SMB2: its answer would not tell of SMB1.
    private static readonly string[] Dialects =
        ["PC NETWORK PROGRAM 1.0", "MICROSOFT NETWORKS 1.03", "MICROSOFT NETWORKS 3.0", "LANMAN1.0", "LM1.2X002", "LANMAN2.1", "NT LM 0.12"];

    private static ReadOnlySpan<byte> Protocol => [0xFF, (byte)'S', (byte)'M', (byte)'B'];

    /// <summary>Offers all dialects of SMB1, and no other.</summary>
    public static byte[] NegotiateRequest() =>
        Build(Negotiate, NegotiateNumber, [], [.. Dialects.SelectMany(dialect => Encoding.ASCII.GetBytes($"\u0002{dialect}\0"))]);

    /// <summary>What the server says of them.</summary>
    /// <returns>Null where this is no answer to the question.</returns>
    public static Smb1Negotiated? ReadNegotiate(ReadOnlySpan<byte> answer)
    {
        if (Smb2Message.ReadNegotiate(answer) is { } later)
        {
            return new Smb1Negotiated(later == NtStatus.NotSupported ? NtStatus.Success : later, null);
        }

        if (!IsAnswer(answer, Negotiate, NegotiateNumber))
        {
            return null;
        }

        if (StatusOf(answer) is var status and not NtStatus.Success)
        {
            return new Smb1Negotiated(status, null);
        }

        var words = answer[WordsOffset..];
        return answer[WordCountOffset] == 0 ? null
            : BinaryPrimitives.ReadUInt16LittleEndian(words) switch
            {
                NoDialect => new Smb1Negotiated(NtStatus.Success, null),
                var chosen when chosen < Dialects.Length => new Smb1Negotiated(NtStatus.Success, Dialects[chosen]),
                _ => null,
            };
    }

    /// <summary>An anonymous session, for a server that speaks nothing later.</summary>
    /// <param name="client">What it is told of us, as operating system; ASCII.</param>
    public static byte[] SetupRequest(string client)
    {
        byte[] words =
        [
            0xFF, 0, 0, 0,              // no other command in this message
            0xFF, 0xFF, 2, 0, 1, 0,     // longest answer, most at a time, connection: 0 would end the others from this address
            0, 0, 0, 0,                 // no session yet
            1, 0, 0, 0, 0, 0, 0, 0,     // lengths of the passwords, reserved
            0x54, 0, 0, 0,              // Unicode, commands of NT, status codes of NT
        ];
        return Build(SessionSetup, SetupNumber, words, [0, 0, 0, .. Encoding.ASCII.GetBytes($"{client}\0{client}\0")]);
    }

    /// <summary>What the server says of it: a status of NT; null where this is no answer to it.</summary>
    public static uint? ReadSetup(ReadOnlySpan<byte> answer) => IsAnswer(answer, SessionSetup, SetupNumber) ? StatusOf(answer) : null;

    private static bool IsAnswer(ReadOnlySpan<byte> message, byte command, ushort number) =>
        message.Length >= WordsOffset + sizeof(ushort)
        && message.StartsWith(Protocol)
        && message[CommandOffset] == command
        && (message[FlagsOffset] & ReplyFlag) != 0
        && BinaryPrimitives.ReadUInt16LittleEndian(message[NumberOffset..]) == number
        && message.Length >= WordsOffset + (2 * message[WordCountOffset]) + sizeof(ushort);

    /// <summary>The status of NT. Before "NT LM 0.12" servers send a class and a code instead, of which only 0 means the same.</summary>
    private static uint StatusOf(ReadOnlySpan<byte> answer) => BinaryPrimitives.ReadUInt32LittleEndian(answer[StatusOffset..]);

    private static byte[] Build(byte command, ushort number, ReadOnlySpan<byte> words, ReadOnlySpan<byte> data)
    {
        var built = new byte[WordsOffset + words.Length + sizeof(ushort) + data.Length];
        var span = built.AsSpan();
        Protocol.CopyTo(span);
        built[CommandOffset] = command;
        built[FlagsOffset] = Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(span[Flags2Offset..], Flags2);
        BinaryPrimitives.WriteUInt16LittleEndian(span[ProcessOffset..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(span[NumberOffset..], number);
        built[WordCountOffset] = (byte)(words.Length / 2);
        words.CopyTo(span[WordsOffset..]);
        BinaryPrimitives.WriteUInt16LittleEndian(span[(WordsOffset + words.Length)..], (ushort)data.Length);
        data.CopyTo(span[(WordsOffset + words.Length + sizeof(ushort))..]);
        return built;
    }
}

/// <summary>What a server says of the dialects of SMB1.</summary>
/// <param name="Status">A status of NT: other than success, it decides nothing.</param>
/// <param name="Dialect">The one it chose; null where it wants none.</param>
internal sealed record Smb1Negotiated(uint Status, string? Dialect);
