using System.Text;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

/// <summary>Makes text of a log from recorded records and messages: puts some one behind the other and damages them.</summary>
internal static class LogTextMutator
{
    private static readonly byte[][] Texts =
    [
        .. Samples.Read("samba-auth-audit.log").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Encoding.UTF8.GetBytes(line + "\n")),
        .. Encoded(
            LogRig.Line(1).Replace("\"SMB\"", "\"SMB2\"", StringComparison.Ordinal),
            LogRig.Line(2),
            LogRig.Line(3, account: "[x] {y} \\\"z\\\\"),
            "[2026/11/28 03:40:34.064008,  1] ../../source3/smbd/service.c:350(close_cnum)\n  10.0.0.1 (ipv4:10.0.0.1:445) closed connection\n",
            "[2026/11/28 03:40:34.064008,  2] ../../source3/auth/auth.c:343(auth_check_ntlm_password)\n  check_ntlm_password:  Authentication for user [x\n",
            "[2026/11/28 03:40:34.064008,  5] ../../source3/lib/username.c:1(y)\n  Finding user z\n",
            "[2026/11/28 03:40:34.064008,  3] ../../auth/auth_log.c:647(log_authentication_event_human_readable)\n  Auth: [SMB2,(null)] user []\n",
            "[2026/11/28 03:40:34.064008,  5] ../../auth/auth_log.c:1(log_json)\n  JSON Authentication: ",
            "2026-11-28T06:30:03.446459+00:00 HOST smbd[3990]: text\n",
            "Nov  8 06:30:03 HOST smbd[3990]: "),
    ];

    /// <summary>What decides how a text is read.</summary>
    private static readonly byte[][] Tokens = Encoded(
        "{\"timestamp\"", "{\"timestamp\": \"2026-11-23T04:46:05.892406+0000\", ", " +>\n", " +>\n  ", " +>", "\n", "\n  ", "  ", "\0", "\0\0\0\0", "\"", "\\", "\\\"", "{", "}",
        "}}", "}}\n", "[", "]", "[2026/11/28 03:40:34.064008,  2] a.c:1(b)\n", "[2026/11/28 ", "JSON Authentication: ", "\"serviceDescription\": \"SMB2\"",
        "\"serviceDescription\": \"SMB\"", "\"type\": \"Authorization\"", "\"remoteAddress\": \"ipv4:10.9.9.9:9\", ", "\r", "\t", "\u00fc", "\\ud800", ",", ":");

    private static readonly int[] Runs = [5, 100, 4095, 70_000, 140_000];

    public static byte[] Make(Random random)
    {
        var text = new List<byte>();
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            text.AddRange(Pick(Texts, random));
        }

        for (var i = random.Next(0, 9); i > 0; i--)
        {
            Mutate(text, random);
        }

        return [.. text];
    }

    private static void Mutate(List<byte> text, Random random)
    {
        var at = random.Next(text.Count + 1);
        var length = Math.Min(text.Count - at, random.Next(random.Next(3) == 0 ? 1000 : 20));
        switch (random.Next(8))
        {
            case 0 when at < text.Count:
                text[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                text.RemoveRange(at, length);
                break;
            case 2:
                text.InsertRange(at, text.GetRange(at, length));
                break;
            case 3:
                text.InsertRange(at, Pick(Texts, random)[..^random.Next(5)]);
                break;
            case 4 when random.Next(5) == 0:
                text.InsertRange(at, Enumerable.Repeat(Pick(Tokens, random)[0], Runs[random.Next(Runs.Length)]));
                break;
            case 5 when random.Next(20) == 0:
                text.InsertRange(at, Enumerable.Repeat(Pick(Tokens, random), Runs[random.Next(Runs.Length)] / 20).SelectMany(token => token));
                break;
            case 6:
                text.RemoveRange(at, text.Count - at);
                text.AddRange(Pick(Texts, random));
                break;
            default:
                text.InsertRange(at, Pick(Tokens, random));
                break;
        }
    }

    private static byte[] Pick(byte[][] choices, Random random) => choices[random.Next(choices.Length)];

    private static byte[][] Encoded(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
