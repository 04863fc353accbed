namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// Where a line of a Samba log ends. smbd writes a record longer than its buffer (4095 bytes, in old versions 1023) in pieces: a piece, " +>"
/// and a line feed, then two blanks and the next piece (format_debug_text in Samba's lib/util/debug.c).
/// </summary>
internal static class LogFollowerLines
{
    private static ReadOnlySpan<byte> Continued => " +>"u8;

    private static ReadOnlySpan<byte> RecordStart => "{\"timestamp\""u8;

    /// <summary>The length of the first whole line, pieces and all, without its line feed; -1 where it has no end yet.</summary>
    public static int FindEnd(ReadOnlySpan<byte> text)
    {
        var from = 0;
        while (text[from..].IndexOf((byte)'\n') is var feed and >= 0)
        {
            var end = from + feed;
            if (!text[from..end].EndsWith(Continued))
            {
                return end;
            }

            switch (BeginsAnew(text[(end + 1)..]))
            {
                case null:
                    return -1;
                case true:
                    return end;
                default:
                    from = end + 1;
                    break;
            }
        }

        return -1;
    }

    /// <summary>Where the rest of a line that is passed over ends; -1 where that is not in sight.</summary>
    public static int FindEndOfSkipped(ReadOnlySpan<byte> text)
    {
        var from = 0;
        while (text[from..].IndexOf((byte)'\n') is var feed and >= 0)
        {
            var end = from + feed;
            if (!text[..end].EndsWith(Continued))
            {
                return end;
            }

            from = end + 1;
        }

        return -1;
    }

    /// <summary>How many bytes at the end of unfinished text must stay to recognise <see cref="Continued"/> later.</summary>
    public static int Lookbehind => Continued.Length;

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
            var piece = line[..(feed - Continued.Length)];
            piece.CopyTo(joined.AsSpan(length));
            length += piece.Length;
            line = line[(feed + 1)..];
            line = indented && line.StartsWith("  "u8) ? line[2..] : line;
        }

        line.CopyTo(joined.AsSpan(length));
        return joined.AsSpan(0, length + line.Length);
    }

    /// <summary>Whether text behind a continuation mark is a record or header of its own (its writer died); null where too little is there to tell.</summary>
    private static bool? BeginsAnew(ReadOnlySpan<byte> text)
    {
        var start = text.TrimStart((byte)' ');
        if (start.StartsWith(RecordStart) || SambaRecordParser.IsHeader(start))
        {
            return true;
        }

        var undecided = start.Length < RecordStart.Length && !start.Contains((byte)'\n') && text.Length - start.Length <= 4
            && (RecordStart.StartsWith(start) || start[0] == (byte)'[');
        return undecided ? null : false;
    }
}
