using System.Buffers.Binary;
using System.Text;

namespace Smb1Exporter.Probing.Wire;

/// <summary>
/// The two messages by which a client logs on with NTLM as nobody (MS-NLMP 2.2.1): no account, so no password, no failed attempt that is counted or
/// banned, and no cryptography. Pure.
/// </summary>
internal static class Ntlm
{
    private const int AuthenticateHeader = 64;
    private const int TypeOffset = 8;
    private const int ChallengeFlagsOffset = 20;
    private const byte Challenge = 2;
    private const uint Anonymous = 0x00000800;
    private const uint Unicode = 0x00000001;

    // Unicode, target asked for, NTLM, always sign, extended session security, 128 bits.
    private const uint Flags = 0x20088205;

    private static ReadOnlySpan<byte> Signature => "NTLMSSP\0"u8;

    /// <summary>The first message.</summary>
    public static byte[] Negotiate()
    {
        var message = new byte[32];
        Begin(message, type: 1);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(12), Flags);
        return message;
    }

    /// <summary>The answer to the server's challenge.</summary>
    /// <param name="token">What the server sent, whatever stands around its challenge.</param>
    /// <param name="workstation">The name that the server is told, and writes into its record.</param>
    /// <returns>Null where there is no challenge in it.</returns>
    public static byte[]? Authenticate(ReadOnlySpan<byte> token, string workstation)
    {
        var at = token.IndexOf(Signature);
        var challenge = at < 0 ? [] : token[at..];
        if (challenge.Length < ChallengeFlagsOffset + sizeof(uint) || challenge[TypeOffset] != Challenge)
        {
            return null;
        }

        var flags = (Flags & BinaryPrimitives.ReadUInt32LittleEndian(challenge[ChallengeFlagsOffset..])) | Unicode | Anonymous;
        var name = Encoding.Unicode.GetBytes(workstation);

        // Of an anonymous client the answer by LAN Manager is one zero byte, and the one by NTLM is empty (3.3.1).
        byte[] answer = [0];
        var message = new byte[AuthenticateHeader + answer.Length + name.Length];
        Begin(message, type: 3);
        var end = AuthenticateHeader;
        ReadOnlySpan<byte[]> parts = [answer, [], [], [], name, []];
        for (var i = 0; i < parts.Length; i++)
        {
            var field = message.AsSpan(12 + (8 * i));
            BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)parts[i].Length);
            BinaryPrimitives.WriteUInt16LittleEndian(field[2..], (ushort)parts[i].Length);
            BinaryPrimitives.WriteUInt32LittleEndian(field[4..], (uint)end);
            parts[i].CopyTo(message, end);
            end += parts[i].Length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(60), flags);
        return message;
    }

    private static void Begin(Span<byte> message, byte type)
    {
        Signature.CopyTo(message);
        message[TypeOffset] = type;
    }
}
