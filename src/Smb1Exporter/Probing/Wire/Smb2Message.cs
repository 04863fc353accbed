using System.Buffers.Binary;

namespace Smb1Exporter.Probing.Wire;

/// <summary>The messages of SMB2 and 3 up to an answered log-on, and their answers (MS-SMB2 2.2.1 to 2.2.6). Pure.</summary>
internal static class Smb2Message
{
    private const int HeaderLength = 64;
    private const ushort NegotiateCommand = 0;
    private const ushort SetupCommand = 1;
    private const int ChargeOffset = 6;
    private const int StatusOffset = 8;
    private const int CommandOffset = 12;
    private const int CreditsOffset = 14;
    private const int FlagsOffset = 16;
    private const int NumberOffset = 24;
    private const int ProcessOffset = 32;
    private const int SessionOffset = 40;
    private const int SetupTokenOffset = 88;
    private const int AnsweredTokenOffset = HeaderLength + 8;
    private const byte ReplyFlag = 0x01;

    private static readonly ushort[] Dialects = [0x0202, 0x0210, 0x0300, 0x0302, 0x0311];

    private static ReadOnlySpan<byte> Protocol => [0xFE, (byte)'S', (byte)'M', (byte)'B'];

    /// <summary>Offers all dialects.</summary>
    /// <param name="random">48 bytes: our identifier, and salt.</param>
    public static byte[] NegotiateRequest(ReadOnlySpan<byte> random)
    {
        const int Fixed = 36;
        const int Contexts = HeaderLength + Fixed + 10 + 2; // the dialects, and padding to eight bytes

        // Of the lists of 3.1.1: SHA-512, and the four ciphers.
        byte[] integrity = [1, 0, 38, 0, 0, 0, 0, 0, 1, 0, 32, 0, 1, 0, .. random[16..48], 0, 0];
        byte[] encryption = [2, 0, 10, 0, 0, 0, 0, 0, 4, 0, 2, 0, 1, 0, 4, 0, 3, 0];
        var body = new byte[Contexts - HeaderLength + integrity.Length + encryption.Length];
        var span = body.AsSpan();
        body[0] = Fixed;
        body[2] = (byte)Dialects.Length;
        body[4] = 1; // signing is possible
        body[8] = 0x7F; // what 3.0 can do
        random[..16].CopyTo(span[12..]);
        BinaryPrimitives.WriteInt32LittleEndian(span[28..], Contexts);
        body[32] = 2; // lists
        for (var i = 0; i < Dialects.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(span[(Fixed + (2 * i))..], Dialects[i]);
        }

        integrity.CopyTo(span[(Contexts - HeaderLength)..]);
        encryption.CopyTo(span[(Contexts - HeaderLength + integrity.Length)..]);
        return Build(NegotiateCommand, number: 0, session: 0, body);
    }

    /// <summary>A step of a log-on.</summary>
    /// <param name="number">The number of the message: 1, 2, …</param>
    /// <param name="session">What the server's last answer said; 0 at first.</param>
    /// <param name="token">What SPNEGO says.</param>
    public static byte[] SetupRequest(ulong number, ulong session, ReadOnlySpan<byte> token)
    {
        var body = new byte[SetupTokenOffset - HeaderLength + token.Length];
        body[0] = 25;
        body[3] = 1; // signing is possible
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(12), SetupTokenOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(14), (ushort)token.Length);
        token.CopyTo(body.AsSpan(SetupTokenOffset - HeaderLength));
        return Build(SetupCommand, number, session, body);
    }

    /// <summary>What the server says of the dialects: a status of NT; null where this is no answer to them.</summary>
    public static uint? ReadNegotiate(ReadOnlySpan<byte> answer) => IsAnswer(answer, NegotiateCommand, number: 0) ? StatusOf(answer) : null;

    /// <summary>What the server says of a step of a log-on; null where this is no answer to it.</summary>
    /// <param name="answer">The message.</param>
    /// <param name="number">The number of the step's message.</param>
    public static Smb2Setup? ReadSetup(ReadOnlySpan<byte> answer, ulong number) => IsAnswer(answer, SetupCommand, number)
        ? new Smb2Setup(StatusOf(answer), BinaryPrimitives.ReadUInt64LittleEndian(answer[SessionOffset..]), TokenOf(answer).ToArray())
        : null;

    private static bool IsAnswer(ReadOnlySpan<byte> message, ushort command, ulong number) =>
        message.Length >= HeaderLength
        && message.StartsWith(Protocol)
        && BinaryPrimitives.ReadUInt16LittleEndian(message[4..]) == HeaderLength
        && BinaryPrimitives.ReadUInt16LittleEndian(message[CommandOffset..]) == command
        && (message[FlagsOffset] & ReplyFlag) != 0
        && BinaryPrimitives.ReadUInt64LittleEndian(message[NumberOffset..]) == number;

    private static uint StatusOf(ReadOnlySpan<byte> answer) => BinaryPrimitives.ReadUInt32LittleEndian(answer[StatusOffset..]);

    private static ReadOnlySpan<byte> TokenOf(ReadOnlySpan<byte> answer)
    {
        if (answer.Length < AnsweredTokenOffset || answer[HeaderLength] != 9)
        {
            return [];
        }

        var start = BinaryPrimitives.ReadUInt16LittleEndian(answer[(HeaderLength + 4)..]);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(answer[(HeaderLength + 6)..]);
        return start >= AnsweredTokenOffset && start + length <= answer.Length ? answer.Slice(start, length) : [];
    }

    private static byte[] Build(ushort command, ulong number, ulong session, ReadOnlySpan<byte> body)
    {
        var built = new byte[HeaderLength + body.Length];
        var span = built.AsSpan();
        Protocol.CopyTo(span);
        built[4] = HeaderLength;
        built[ChargeOffset] = command == NegotiateCommand ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt16LittleEndian(span[CommandOffset..], command);
        built[CreditsOffset] = 31;
        BinaryPrimitives.WriteUInt64LittleEndian(span[NumberOffset..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(span[ProcessOffset..], 0xFEFF);
        BinaryPrimitives.WriteUInt64LittleEndian(span[SessionOffset..], session);
        body.CopyTo(span[HeaderLength..]);
        return built;
    }
}

/// <summary>What a server says of a step of a log-on.</summary>
/// <param name="Status">A status of NT.</param>
/// <param name="Session">The session, of which the next step is told.</param>
/// <param name="Token">What SPNEGO says; empty where nothing.</param>
internal sealed record Smb2Setup(uint Status, ulong Session, ReadOnlyMemory<byte> Token);
