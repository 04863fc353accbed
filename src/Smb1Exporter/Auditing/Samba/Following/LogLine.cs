namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// Where a line of a Samba log ends. smbd writes a message longer than its buffer (4095 bytes, in old versions 1023) in pieces: a piece, " +>"
/// and a line feed, then two blanks and the next piece (format_debug_text in Samba's lib/util/debug.c). Several processes may do so side by side.
/// </summary>
internal static class LogLine
{
    private static ReadOnlySpan<byte> Continued => " +>"u8;

    /// <summary>What every record begins with, and no text within one can hold.</summary>
    public static ReadOnlySpan<byte> RecordStart => "{\"timestamp\""u8;

    /// <summary>So many bytes at the beginning of a line tell what it is.</summary>
    private const int Telling = DebugHeader.Length + 2;

    /// <summary>Bytes.</summary>
    public const int LongestMessage = 128 << 10;

    /// <summary>How many bytes at the end of unfinished text must stay, so that what begins in them is recognised later.</summary>
    public static int Lookbehind => RecordStart.Length + Continued.Length;

    /// <summary>Finds the end of the first line, pieces and all.</summary>
    /// <param name="text">Text that begins with a line.</param>
    /// <param name="feed">Its first line feed.</param>
    /// <returns>The place of the line feed that ends it, -1 where that is not in sight; and whether another message began where a piece was due.</returns>
    public static (int End, bool IsCut) FindEnd(ReadOnlySpan<byte> text, int feed)
    {
        while (text[..feed].EndsWith(Continued))
        {
            switch (GoesOn(text, feed))
            {
                case null:
                    return (-1, false);
                case false:
                    return (feed, true);
                default:
                    var next = text[(feed + 1)..].IndexOf((byte)'\n');
                    if (next < 0)
                    {
                        return (-1, false);
                    }

                    feed += next + 1;
                    break;
            }
        }

        return (feed, false);
    }

    /// <summary>Whether a line goes on behind a line feed; null where too little is there to tell.</summary>
    public static bool? GoesOn(ReadOnlySpan<byte> text, int feed)
    {
        if (!text[..feed].EndsWith(Continued))
        {
            return false;
        }

        var next = text[(feed + 1)..];
        var end = next.IndexOf((byte)'\n');
        if (end < 0 && next.Length < Telling)
        {
            return null;
        }

        // Pieces are indented, and so is what a client makes look like a header in them.
        var begin = next[..Math.Min(next.Length, Telling)];
        return !DebugHeader.Is(begin) && !begin.TrimStart((byte)' ').StartsWith(RecordStart);
    }

    /// <summary>
    /// Whether, behind a record and more records, another message begins or nothing follows: then no message goes on around the record, in which a
    /// client could have written it. Null where too little is there to tell.
    /// </summary>
    /// <param name="text">What stands behind the line of the record.</param>
    /// <param name="passed">How many bytes of blank lines and records stand before what tells; 0 where nothing did.</param>
    /// <remarks>No message is longer than <see cref="LongestMessage"/>: what a client sends in one request is not.</remarks>
    public static bool? IsFollowedByMessage(ReadOnlySpan<byte> text, out int passed)
    {
        if (text.Length >= LongestMessage)
        {
            return IsFollowedByMessage(text[..(LongestMessage - 1)], out passed) ?? true;
        }

        passed = 0;
        var length = text.Length;
        while (!text.IsEmpty)
        {
            var feed = text.IndexOf((byte)'\n');
            var line = feed < 0 ? text : text[..feed];
            var start = line.TrimStart((byte)' ');
            if (start.IsEmpty || start.StartsWith(RecordStart))
            {
                text = feed < 0 ? [] : text[(feed + 1)..];
                continue;
            }

            bool? isMessage = DebugHeader.Is(line) ? true : feed < 0 && line.Length < Telling ? null : false;
            passed = isMessage is null ? 0 : length - text.Length;
            return isMessage;
        }

        return null;
    }

    /// <summary>The line with its pieces put together again.</summary>
    public static ReadOnlySpan<byte> Join(ReadOnlySpan<byte> line)
    {
        if (!line.Contains((byte)'\n'))
        {
            return line;
        }

        var indented = line.StartsWith("  "u8);
        var joined = new byte[line.Length];
        var length = 0;
        while (line.IndexOf((byte)'\n') is var feed and >= 0)
        {
            // The blank of the sign may be the last of the indent.
            var piece = line[..Math.Max(0, feed - Continued.Length)];
            piece.CopyTo(joined.AsSpan(length));
            length += piece.Length;
            line = line[(feed + 1)..];
            line = indented && line.StartsWith("  "u8) ? line[2..] : line;
        }

        line.CopyTo(joined.AsSpan(length));
        return joined.AsSpan(0, length + line.Length);
    }
}
