namespace Smb1Exporter.Tests.Probing.Wire;

/// <summary>What smbd 4.17 answered on the wire, without the four bytes in front of it.</summary>
internal static class SmbdAnswers
{
    /// <summary>To all dialects of SMB1, with "server min protocol = NT1": the last of them.</summary>
    public static byte[] Served { get; } = Bytes(
        """
        ff534d4272000000008803400000000000000000000000000000d738000001001106000332000100044100000000010000390000fdf380000a4c8161
        847fdd010000082200b1c11b2aeeda9c2557004f0052004b00470052004f0055005000000056004d000000
        """);

    /// <summary>The same, with "server max protocol = LANMAN2": the last but one.</summary>
    public static byte[] ServedLanman { get; } = Bytes(
        """
        ff534d42720000000081034000000000000000000000000000003f39000001000d0500030004413200010003006839000082b07c5d00000800000008
        0087784e261adca86e
        """);

    /// <summary>The same, with "server min protocol = SMB2_02": none.</summary>
    public static byte[] Refused { get; } = Bytes(
        """
        ff534d42720000000088034000000000000000000000000000000f390000010001ffff0000
        """);

    /// <summary>To an anonymous session set-up of SMB1.</summary>
    public static byte[] Smb1Session { get; } = Bytes(
        """
        ff534d4273000000008803400000000000000000000000000000d738c707020003ff00000000002b0057696e646f777320362e310053616d62612034
        2e31372e31322d44656269616e00574f524b47524f555000
        """);

    /// <summary>To the dialects of SMB2 and 3: 3.1.1.</summary>
    public static byte[] Negotiated { get; } = Bytes(
        """
        fe534d4240000000000000000000010001000000000000000000000000000000fffe0000000000000000000000000000000000000000000000000000
        000000004100010011030200766d00000000000000000000000000000f00000000008000000080000000800038b18161847fdd010000000000000000
        80004a00d0000000604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa32a3028a0261b246e6f745f646566696e65645f696e
        5f5246433431373840706c656173655f69676e6f72650000000000000100260000000000010020000100b6319a8fe038d6f058140dcadde5feba8bcd
        556425d39019717f8fbd950cce4a0000020004000000000001000200
        """);

    /// <summary>To the first step of an anonymous log-on.</summary>
    public static byte[] Challenge { get; } = Bytes(
        """
        fe534d4240000100160000c00100010001000000000000000100000000000000fffe000000000000a8b8e8cc00000000000000000000000000000000
        000000000900000048008400a18181307fa0030a0101a10c060a2b06010401823702020aa26a04684e544c4d53535000020000000400040038000000
        05828a220e29cdc1958093a700000000000000002c002c003c000000060100000000000f56004d000200040056004d000100040056004d0004000000
        0300040076006d0007000800322f8261847fdd0100000000
        """);

    /// <summary>To the second.</summary>
    public static byte[] Session { get; } = Bytes(
        """
        fe534d42400001000000000001001f0001000000000000000200000000000000fffe000000000000a8b8e8cc00000000000000000000000000000000
        000000000900000048000900a1073005a0030a0100
        """);

    /// <summary>The one of this name.</summary>
    public static byte[] Of(string name) => name switch
    {
        nameof(Served) => Served,
        nameof(ServedLanman) => ServedLanman,
        nameof(Refused) => Refused,
        nameof(Smb1Session) => Smb1Session,
        nameof(Negotiated) => Negotiated,
        nameof(Challenge) => Challenge,
        nameof(Session) => Session,
        _ => throw new ArgumentException($"there is no answer {name}", nameof(name)),
    };

    /// <summary>Where the words of an answer of SMB1 end, and the number of bytes behind them.</summary>
    public static int EndOfWords(byte[] answer) => 33 + (2 * answer[32]) + 2;

    /// <summary>The bytes that hexadecimal digits in several lines stand for.</summary>
    public static byte[] Bytes(string digits) => Convert.FromHexString(digits.Replace("\n", "", StringComparison.Ordinal));
}
