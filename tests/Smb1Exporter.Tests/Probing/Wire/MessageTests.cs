using System.Text;
using Smb1Exporter.Probing.Wire;

namespace Smb1Exporter.Tests.Probing.Wire;

/// <summary>Each message, byte by byte as a real smbd accepted it, and what its answer says.</summary>
public sealed class MessageTests
{
    [Fact]
    public void All_dialects_of_SMB1_are_offered() => AssertBytes(
        """
        ff534d4272000000001801400000000000000000000000000000010000000100007600025043204e4554574f524b2050524f4752414d20312e300002
        4d4943524f534f4654204e4554574f524b5320312e303300024d4943524f534f4654204e4554574f524b5320332e3000024c414e4d414e312e300002
        4c4d312e325830303200024c414e4d414e322e3100024e54204c4d20302e313200
        """,
        Smb1Message.NegotiateRequest());

    [Fact]
    public void An_anonymous_session_is_set_up_by_SMB1() => AssertBytes(
        """
        ff534d42730000000018014000000000000000000000000000000100000002000dff000000ffff02000100000000000100000000000000540000001f
        00000000534d42312d4558504f5254455200534d42312d4558504f5254455200
        """,
        Smb1Message.SetupRequest("SMB1-EXPORTER"));

    [Fact]
    public void All_dialects_of_SMB2_and_3_are_offered() => AssertBytes(
        """
        fe534d42400000000000000000001f0000000000000000000000000000000000fffe0000000000000000000000000000000000000000000000000000
        0000000024000500010000007f00000009cb75ac9c9d814765f543d89cbd932570000000020000000202100200030203110300000100260000000000
        010020000100b0826cc300364d0195be512963c4c9eb2a52963ce471d2ce3ff9571874856698000002000a000000000004000200010004000300
        """,
        Smb2Message.NegotiateRequest(SmbdAnswers.Bytes("09cb75ac9c9d814765f543d89cbd9325b0826cc300364d0195be512963c4c9eb2a52963ce471d2ce3ff9571874856698")));

    [Fact]
    public void A_log_on_begins_with_NTLM_alone() => AssertBytes(
        """
        fe534d42400001000000000001001f0000000000000000000100000000000000fffe0000000000000000000000000000000000000000000000000000
        00000000190000010000000000000000580042000000000000000000604006062b0601050502a0363034a00e300c060a2b06010401823702020aa222
        04204e544c4d53535000010000000582082000000000000000000000000000000000
        """,
        Smb2Message.SetupRequest(1, 0, Spnego.First(Ntlm.Negotiate())));

    [Fact]
    public void The_challenge_is_answered_as_nobody()
    {
        var challenge = Smb2Message.ReadSetup(SmbdAnswers.Challenge, 1)!;

        Assert.Equal(NtStatus.MoreProcessingRequired, challenge.Status);
        AssertBytes(
            """
            fe534d42400001000000000001001f0000000000000000000200000000000000fffe000000000000a8b8e8cc00000000000000000000000000000000
            00000000190000010000000000000000580063000000000000000000a161305fa25d045b4e544c4d5353500003000000010001004000000000000000
            41000000000000004100000000000000410000001a001a0041000000000000005b000000058a08200053004d00420031002d004500580050004f0052
            00540045005200
            """,
            Smb2Message.SetupRequest(2, challenge.Session, Spnego.Next(Ntlm.Authenticate(challenge.Token.Span, "SMB1-EXPORTER")!)));
    }

    [Fact]
    public void A_session_is_requested_under_a_name_of_fifteen_capitals_in_half_bytes()
    {
        // RFC 1001 14.1: "*SMBSERVER" is padded with blanks and ends with the kind of a server, 0x20.
        const string AnyServer = "CKFDENECFDEFFCFGEFFCCACACACACACA";
        const string Ours = "FDENECDBCNEFFIFAEPFCFEEFFCCACAAA";

        byte[] expected = [0x81, 0, 0, 68, 32, .. Encoding.ASCII.GetBytes(AnyServer), 0, 32, .. Encoding.ASCII.GetBytes(Ours), 0];

        Assert.Equal(expected, NetBios.RequestSession(NetBios.AnyServer, "smb1-exporter"));
        Assert.Equal(NetBios.RequestSession("ABCDEFGHIJKLMNO", "X"), NetBios.RequestSession("abcdefghijklmnopq", "x"));
        Assert.Null(NetBios.RequestSession("BÜRO", "X"));
    }

    [Theory]
    [InlineData(nameof(SmbdAnswers.Served), "NT LM 0.12")]
    [InlineData(nameof(SmbdAnswers.ServedLanman), "LANMAN2.1")]
    [InlineData(nameof(SmbdAnswers.Refused), null)]
    [InlineData(nameof(SmbdAnswers.Negotiated), null)]
    public void The_dialect_of_SMB1_that_a_server_chooses_is_read(string answer, string? dialect) =>
        Assert.Equal(new Smb1Negotiated(NtStatus.Success, dialect), Smb1Message.ReadNegotiate(SmbdAnswers.Of(answer)));

    [Fact]
    public void Answers_to_log_ons_are_read()
    {
        Assert.Equal(NtStatus.Success, Smb1Message.ReadSetup(SmbdAnswers.Smb1Session));
        Assert.Equal(NtStatus.Success, Smb2Message.ReadNegotiate(SmbdAnswers.Negotiated));
        Assert.Equal(NtStatus.Success, Smb2Message.ReadSetup(SmbdAnswers.Session, 2)?.Status);
    }

    [Fact]
    public void An_answer_to_another_message_is_none()
    {
        Assert.Null(Smb1Message.ReadSetup(SmbdAnswers.Served));
        Assert.Null(Smb1Message.ReadNegotiate(SmbdAnswers.Smb1Session));
        Assert.Null(Smb2Message.ReadNegotiate(SmbdAnswers.Challenge));
        Assert.Null(Smb2Message.ReadSetup(SmbdAnswers.Negotiated, 0));
        Assert.Null(Smb2Message.ReadSetup(SmbdAnswers.Challenge, 2));
    }

    [Theory]
    [InlineData(68, 0)]
    [InlineData(68, 71)]
    [InlineData(68, 75)]
    [InlineData(68, 255)]
    [InlineData(71, 255)]
    [InlineData(64, 8)]
    public void A_token_that_lies_outside_of_its_message_is_empty(int offset, byte value)
    {
        // The place of the token, its length, and the kind of the message.
        var answer = SmbdAnswers.Challenge.ToArray();
        answer[offset] = value;

        var read = Smb2Message.ReadSetup(answer, 1)!;

        Assert.True(read.Token.IsEmpty);
        Assert.Null(Ntlm.Authenticate(read.Token.Span, "X"));
    }

    [Fact]
    public void A_message_of_NTLM_that_is_no_challenge_is_not_answered()
    {
        var challenge = Smb2Message.ReadSetup(SmbdAnswers.Challenge, 1)!.Token.Span;
        var start = challenge.IndexOf("NTLMSSP"u8);

        Assert.NotNull(Ntlm.Authenticate(challenge, "X"));
        Assert.Null(Ntlm.Authenticate(challenge[..(start + 23)], "X"));
        Assert.Null(Ntlm.Authenticate(Ntlm.Negotiate(), "X"));
    }

    [Theory]
    [InlineData(new byte[] { 0x00, 0xFF, 0xFF, 0xFF }, nameof(NetBiosPacket.Message), 0xFFFFFF)]
    [InlineData(new byte[] { 0x82, 0, 0, 0 }, nameof(NetBiosPacket.SessionGranted), 0)]
    [InlineData(new byte[] { 0x83, 0, 0, 1 }, nameof(NetBiosPacket.SessionRefused), 1)]
    [InlineData(new byte[] { 0x85, 0, 0, 0 }, nameof(NetBiosPacket.KeepAlive), 0)]
    [InlineData(new byte[] { 0x85, 0, 0, 1 }, nameof(NetBiosPacket.Other), 1)]
    [InlineData(new byte[] { (byte)'H', (byte)'T', (byte)'T', (byte)'P' }, nameof(NetBiosPacket.Other), 0x545450)]
    public void What_a_packet_is_stands_in_its_first_bytes(byte[] header, string kind, int length) =>
        Assert.Equal((Enum.Parse<NetBiosPacket>(kind), length), NetBios.ReadHeader(header));

    private static void AssertBytes(string expected, byte[] message) =>
        Assert.Equal(expected.Replace("\n", "", StringComparison.Ordinal), Convert.ToHexStringLower(message));
}
