using Microsoft.Win32.SafeHandles;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What can be asked of a file's content. Each may throw <see cref="IOException"/>: then nothing is decided at this look.</summary>
internal interface ILogContent
{
    /// <summary>The first bytes, at most <see cref="Fingerprint.Length"/>.</summary>
    ReadOnlyMemory<byte> Head { get; }

    /// <summary>Whether the line stands where the mark says.</summary>
    bool Holds(LineMark mark);

    /// <summary>Where the line behind the marked one begins, wherever that stands; null where it stands nowhere.</summary>
    long? FindBehind(LineMark mark);

    /// <summary>Where the first line with a record begins; null where none is whole in <see cref="Head"/>.</summary>
    long? FirstRecord { get; }

    /// <summary>Where the line begins that is the first one with a record in the other file; null where it stands nowhere.</summary>
    long? FindFirstRecordOf(ILogContent other);

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
        if (mark.End < mark.Length || mark.End > size)
        {
            return false;
        }

        var line = new byte[mark.Length];
        return fileSystem.Read(handle, line, mark.End - mark.Length) == line.Length && mark.Is(line);
    }

    /// <inheritdoc />
    public long? FindBehind(LineMark mark) => FindLine((line, _) => mark.Is(line)) is { } end ? end + 1 : null;

    /// <inheritdoc />
    public long? FirstRecord =>
        RecordFields.StartIn(Head.Span) is var record and >= 0 && Head.Span[record..].Contains((byte)'\n')
            ? Head.Span[..record].LastIndexOf((byte)'\n') + 1
            : null;

    /// <inheritdoc />
    public long? FindFirstRecordOf(ILogContent other)
    {
        if (other.FirstRecord is not { } start)
        {
            return null;
        }

        var rest = other.Head.Span[(int)start..];
        var first = rest[..rest.IndexOf((byte)'\n')].ToArray();
        return FindLine((line, _) => line.SequenceEqual(first)) is { } end ? end - first.Length : null;
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

    private delegate bool LineTest(ReadOnlySpan<byte> line, long end);

    /// <summary>Where the first line ends for which the test holds; lines longer than two chunks are passed over.</summary>
    private long? FindLine(LineTest test)
    {
        var buffer = new byte[2 * Chunk];
        var (start, filled) = (0L, 0);
        while (true)
        {
            var read = Read(buffer.AsSpan(filled, Math.Min(Chunk, buffer.Length - filled)), start + filled);
            filled += read;
            var rest = buffer.AsSpan(0, filled);
            var at = start;
            while (rest.IndexOf((byte)'\n') is var feed and >= 0)
            {
                if (test(rest[..feed], at + feed))
                {
                    return at + feed;
                }

                rest = rest[(feed + 1)..];
                at += feed + 1;
            }

            if (read == 0)
            {
                return null;
            }

            var keep = rest.Length >= Chunk ? 0 : rest.Length;
            rest[(rest.Length - keep)..].CopyTo(buffer);
            start = at + rest.Length - keep;
            filled = keep;
        }
    }
}
