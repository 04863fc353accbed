using Microsoft.Win32.SafeHandles;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What can be asked of a file's content. Each may throw <see cref="IOException"/>: then nothing is decided at this look.</summary>
internal interface ILogContent
{
    /// <summary>The first bytes, at most <see cref="Fingerprint.Length"/>.</summary>
    ReadOnlyMemory<byte> Head { get; }

    /// <summary>Whether the line stands where the mark says.</summary>
    bool Holds(LineMark mark);

    /// <summary>Where what was dealt with of the marked line ends, wherever that stands; null where it stands nowhere.</summary>
    long? FindBehind(LineMark mark);

    /// <summary>Where the first line with a record begins; null where <see cref="Head"/> holds none yet that is whole, or longer than it.</summary>
    long? FirstRecord { get; }

    /// <summary>Where the line begins, at <paramref name="from"/> or behind, that is the first one with a record in the other file; null where it is not there.</summary>
    long? FindFirstRecordOf(ILogContent other, long from);

    /// <summary>The mark of the last line with a record before a place; null where there is none near.</summary>
    LineMark? LastRecordBefore(long offset);

    /// <summary>
    /// How many bytes from a place on are the same as those of another file from a place on: whole lines, or all that this file has.
    /// </summary>
    long CommonLength(long from, ILogContent other, long otherFrom);

    /// <summary>Reads at an offset; fewer bytes than asked for only at the end.</summary>
    int Read(Span<byte> buffer, long offset);
}

/// <inheritdoc />
internal sealed class LogContent(ILogFileSystem fileSystem, SafeFileHandle handle, long size) : ILogContent
{
    private const int Chunk = 256 << 10;

    private byte[]? _head;

    /// <inheritdoc />
    public ReadOnlyMemory<byte> Head
    {
        get
        {
            if (_head is null)
            {
                var head = new byte[Math.Min(Fingerprint.Length, size)];
                _head = head[..fileSystem.Read(handle, head, 0)];
            }

            return _head;
        }
    }

    /// <inheritdoc />
    public bool Holds(LineMark mark)
    {
        if (mark.Behind > size)
        {
            return false;
        }

        var line = new byte[mark.Length];
        return Read(line, mark.Start) == line.Length && mark.Begins(line);
    }

    /// <inheritdoc />
    public long? FindBehind(LineMark mark) =>
        FindLine(0, mark.Begins) is { } start && start + mark.Behind - mark.Start is var behind && behind <= size ? behind : null;

    /// <inheritdoc />
    public long? FirstRecord =>
        RecordFields.StartIn(Head.Span) is var record and >= 0 && (Head.Length == Fingerprint.Length || Head.Span[record..].Contains((byte)'\n'))
            ? Head.Span[..record].LastIndexOf((byte)'\n') + 1
            : null;

    /// <inheritdoc />
    public long? FindFirstRecordOf(ILogContent other, long from)
    {
        if (other.FirstRecord is not { } start)
        {
            return null;
        }

        var rest = other.Head.Span[(int)start..];
        var feed = rest.IndexOf((byte)'\n');
        var first = rest[..(feed < 0 ? rest.Length : feed + 1)].ToArray();
        return FindLine(from, text => text.StartsWith(first));
    }

    /// <inheritdoc />
    public LineMark? LastRecordBefore(long offset)
    {
        var text = new byte[Math.Min(Chunk, offset)];
        var start = offset - text.Length;
        var record = Read(text, start) < text.Length ? -1 : RecordFields.LastStartIn(text);
        var line = record < 0 ? -1 : text.AsSpan(0, record).LastIndexOf((byte)'\n') + 1;
        if (record < 0 || (line == 0 && start > 0))
        {
            return null;
        }

        var rest = text.AsSpan(line);
        var feed = rest.IndexOf((byte)'\n');
        return LineMark.Of(feed < 0 ? rest : rest[..feed], start + line, offset);
    }

    /// <inheritdoc />
    public long CommonLength(long from, ILogContent other, long otherFrom)
    {
        var mine = new byte[Chunk];
        var others = new byte[Chunk];
        var (common, lines) = (0L, 0L);
        while (true)
        {
            var read = Read(mine, from + common);
            var same = mine.AsSpan(0, read).CommonPrefixLength(others.AsSpan(0, other.Read(others, otherFrom + common)));
            lines = mine.AsSpan(0, same).LastIndexOf((byte)'\n') is var feed and >= 0 ? common + feed + 1 : lines;
            common += same;
            if (same < read || read == 0)
            {
                return same < read ? lines : common;
            }
        }
    }

    /// <inheritdoc />
    public int Read(Span<byte> buffer, long offset) =>
        offset >= size ? 0 : fileSystem.Read(handle, buffer[..(int)Math.Min(buffer.Length, size - offset)], offset);

    private delegate bool LineTest(ReadOnlySpan<byte> text);

    /// <summary>Where the first line begins for which the test holds, which gets the line and what follows: all that there is, or more than a fingerprint.</summary>
    private long? FindLine(long from, LineTest test)
    {
        var buffer = new byte[Chunk + Fingerprint.Length + 1];
        var (start, filled, isLineStart) = (from, 0, true);
        while (true)
        {
            var read = Read(buffer.AsSpan(filled), start + filled);
            filled += read;
            var text = buffer.AsSpan(0, filled);
            var at = 0;
            var enough = read == 0 ? filled : filled - Fingerprint.Length - 1;
            while (at < enough)
            {
                if (isLineStart && test(text[at..]))
                {
                    return start + at;
                }

                var feed = text[at..].IndexOf((byte)'\n');
                isLineStart = feed >= 0;
                at = feed < 0 ? filled : at + feed + 1;
            }

            if (read == 0)
            {
                return null;
            }

            text[at..].CopyTo(buffer);
            (start, filled) = (start + at, filled - at);
        }
    }
}
