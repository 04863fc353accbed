namespace Smb1Exporter.Probing.Wire;

/// <summary>What stands around NTLM in a session set-up (RFC 4178, MS-SPNG). Pure.</summary>
internal static class Spnego
{
    private const byte Application = 0x60;
    private const byte ObjectIdentifier = 0x06;
    private const byte Sequence = 0x30;
    private const byte Bytes = 0x04;

    private static ReadOnlySpan<byte> SpnegoIdentifier => [0x2B, 0x06, 0x01, 0x05, 0x05, 0x02];

    private static ReadOnlySpan<byte> NtlmIdentifier => [0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A];

    /// <summary>Begins with NTLM alone.</summary>
    public static byte[] First(ReadOnlySpan<byte> token) => Der(
        Application,
        [
            .. Der(ObjectIdentifier, SpnegoIdentifier),
            .. Field(0, Der(Sequence, [.. Field(0, Der(Sequence, Der(ObjectIdentifier, NtlmIdentifier))), .. Field(2, Der(Bytes, token))])),
        ]);

    /// <summary>Goes on.</summary>
    public static byte[] Next(ReadOnlySpan<byte> token) => Field(1, Der(Sequence, Field(2, Der(Bytes, token))));

    private static byte[] Field(byte number, ReadOnlySpan<byte> content) => Der((byte)(0xA0 | number), content);

    private static byte[] Der(byte tag, ReadOnlySpan<byte> content) => content.Length switch
    {
        < 0x80 => [tag, (byte)content.Length, .. content],
        < 0x100 => [tag, 0x81, (byte)content.Length, .. content],
        _ => [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content],
    };
}
