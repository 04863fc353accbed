using System.Buffers.Text;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>Whose text stands in a log that the audit may share with other debug classes.</summary>
internal enum TextOrigin : byte
{
    /// <summary>The audit: what is not a record is damage.</summary>
    Audit,

    /// <summary>Another class, whose text cannot hold what a client sent.</summary>
    Other,

    /// <summary>
    /// Another class, at a level whose text holds what clients send, line feeds and all: a record in it is believed only where it stands between whole
    /// messages.
    /// </summary>
    Doubtful,

    /// <summary>Another class, at a level with messages that end in what a client sent: no record in it can be told from one that a client wrote.</summary>
    Untrusted,
}

/// <summary>
/// The lines by which smbd begins each message (Samba's lib/util/debug.c): <c>[2026/11/23 03:40:34.064008,  3] ../../file.c:95(function)</c>, and
/// with "debug syslog format" <c>2026-11-28T06:30:03.446459+00:00 HOST smbd[3990]: text</c> or <c>Nov 28 06:30:03 HOST smbd[3990]: text</c>.
/// </summary>
/// <remarks>
/// The text of a message is indented by two blanks, each line of it, so that nothing in it looks like a header. Audit records have no header of
/// their own since Samba 4.9 (lib/audit_logging); 4.7 and 4.8 wrote them under one of the function log_json.
/// </remarks>
internal static class DebugHeader
{
    /// <summary>So many bytes at the beginning of a line tell whether it is a header.</summary>
    public const int Length = 20;

    /// <summary>From this level on smbd's messages hold names as clients send them ("Authentication for user [NAME] … FAILED", auth.c).</summary>
    private const int LevelOfClientText = 2;

    /// <summary>From this level on some end in such a name ("Finding user NAME", lib/username.c).</summary>
    private const int LevelOfClientEnds = 5;

    private static readonly byte[][] AuditFunctions = ["(audit_log_json)"u8.ToArray(), "(log_json)"u8.ToArray()];

    /// <summary>The audit for people: a line each, in which line feeds of names are escaped (since Samba 4.11) and quotation marks are not.</summary>
    private static readonly byte[][] HumanFunctions = ["_event_human_readable)"u8.ToArray(), "(audit_log_human_text)"u8.ToArray()];

    /// <summary>Whether a line, or what follows a record on its line, is a header.</summary>
    public static bool Is(ReadOnlySpan<byte> line) =>
        IsBracketed(line) || HasShape(line, "dddd-dd-ddTdd:dd:dd"u8) || HasShape(line, "aaa dd dd:dd:dd "u8) || HasShape(line, "aaa  d dd:dd:dd "u8);

    /// <summary>Whose text stands under a header.</summary>
    public static TextOrigin OriginOf(ReadOnlySpan<byte> header)
    {
        if (IsOf(header, AuditFunctions))
        {
            return TextOrigin.Audit;
        }

        return !IsBracketed(header) || IsOf(header, HumanFunctions) ? TextOrigin.Other : LevelOf(header) switch
        {
            < LevelOfClientText => TextOrigin.Other,
            < LevelOfClientEnds => TextOrigin.Doubtful,
            _ => TextOrigin.Untrusted,
        };
    }

    private static bool IsOf(ReadOnlySpan<byte> header, byte[][] functions)
    {
        foreach (var function in functions)
        {
            if (header.IndexOf(function) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsBracketed(ReadOnlySpan<byte> line) => HasShape(line, "[dddd/dd/dd "u8);

    private static int LevelOf(ReadOnlySpan<byte> header)
    {
        var level = header[(header.IndexOf((byte)',') + 1)..].TrimStart((byte)' ');
        return Utf8Parser.TryParse(level, out int value, out _) ? value : 0;
    }

    private static bool HasShape(ReadOnlySpan<byte> text, ReadOnlySpan<byte> shape)
    {
        if (text.Length < shape.Length)
        {
            return false;
        }

        for (var i = 0; i < shape.Length; i++)
        {
            var fits = shape[i] switch
            {
                (byte)'d' => text[i] is >= (byte)'0' and <= (byte)'9',
                (byte)'a' => char.IsAsciiLetter((char)text[i]),
                _ => text[i] == shape[i],
            };
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }
}
