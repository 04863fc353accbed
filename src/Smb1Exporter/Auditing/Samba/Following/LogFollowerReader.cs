using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>Reads one line; see <see cref="SambaRecordParser.Parse"/>.</summary>
internal delegate void LogLineParser(
    ReadOnlySpan<byte> line, string place, ref bool foreign, ICollection<AuditRecord> records, ICollection<AuditReadError> errors);

/// <summary>What may be held and read at a time.</summary>
internal sealed record LogFollowerLimits
{
    /// <summary>Records and errors in one batch.</summary>
    public int BatchItems { get; init; } = 1000;

    /// <summary>Bytes looked through for one batch.</summary>
    public long BatchBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of one line; longer ones are passed over.</summary>
    public int LineBytes { get; init; } = 1 << 20;

    /// <summary>Bytes read at once.</summary>
    public int ChunkBytes { get; init; } = 64 << 10;

    /// <summary>Files kept open.</summary>
    public int OpenFiles { get; init; } = 64;

    /// <summary>How long the last line of a file that was rotated away may lack its end before it is taken as it is.</summary>
    public TimeSpan IncompleteAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a file without a name is kept open after its last growth.</summary>
    public TimeSpan NamelessFor { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>What a read has gathered so far.</summary>
internal sealed class LogFollowerBatch(LogFollowerLimits limits)
{
    public List<AuditRecord> Records { get; } = [];

    public List<AuditReadError> Errors { get; } = [];

    public long Bytes { get; set; }

    public bool IsFull => Records.Count + Errors.Count >= limits.BatchItems || Bytes >= limits.BatchBytes;
}

/// <summary>Reads the whole lines of one file, a bounded amount of it at a time.</summary>
internal sealed class LogFollowerReader(ILogFileSystem fileSystem, LogLineParser parse, LogFollowerLimits limits)
{
    private byte[] _buffer = new byte[limits.ChunkBytes];

    /// <summary>Reads on behind what was consumed, up to <paramref name="end"/>.</summary>
    /// <returns>The file as consumed now; null where its content was replaced while it was read, in which case nothing of it is in the batch.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public FollowedFile? Read(SafeFileHandle handle, FollowedFile file, long end, LogFollowerBatch batch, CancellationToken cancellationToken)
    {
        var (records, errors) = (batch.Records.Count, batch.Errors.Count);
        FollowedFile? result = null;
        try
        {
            var head = new HeadWitness(file.Offset);
            result = Seal(handle, ReadLines(handle, file, end, head, batch, cancellationToken), head);
            return result;
        }
        finally
        {
            if (result is null)
            {
                batch.Records.RemoveRange(records, batch.Records.Count - records);
                batch.Errors.RemoveRange(errors, batch.Errors.Count - errors);
            }
        }
    }

    /// <summary>Takes the last line, which lacks its end and will not get it, as it is: a whole record counts, anything else is an error.</summary>
    /// <returns>The file as consumed now; null where its content was replaced while it was read.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public FollowedFile? ReadRest(SafeFileHandle handle, FollowedFile file, LogFollowerBatch batch)
    {
        var length = (int)Math.Min(file.Size - file.Offset, limits.LineBytes);
        EnsureRoom(length);
        var head = new HeadWitness(file.Offset);
        length = fileSystem.Read(handle, _buffer.AsSpan(0, length), file.Offset);
        head.Note(_buffer.AsSpan(0, length), file.Offset);
        var records = new List<AuditRecord>();
        var errors = new List<AuditReadError>();
        var foreign = file.Is(FollowFlags.Foreign);
        var text = _buffer.AsSpan(0, length);
        var place = PlaceOf(file, file.Offset);
        parse(LogFollowerLines.Join(text), place, ref foreign, records, errors);
        var whole = errors.Count == 0;
        var intact = Seal(handle, whole ? file with { Offset = file.Offset + length } : file, head);
        if (intact is null)
        {
            return null;
        }

        if (whole)
        {
            batch.Records.AddRange(records);
            return intact;
        }

        batch.Errors.Add(new AuditReadError(
            ReadErrorReason.Incomplete, place, $"the file ends in the middle of a record: {Excerpt.Of(text)}"));
        return intact with { Flags = intact.Flags | FollowFlags.IncompleteReported };
    }

    private FollowedFile ReadLines(
        SafeFileHandle handle, FollowedFile file, long end, HeadWitness head, LogFollowerBatch batch, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var room = (int)Math.Min(limits.ChunkBytes, end - file.Offset - filled);
            if (room > 0)
            {
                EnsureRoom(filled + room);
                room = fileSystem.Read(handle, _buffer.AsSpan(filled, room), file.Offset + filled);
                head.Note(_buffer.AsSpan(filled, room), file.Offset + filled);
                filled += room;
                batch.Bytes += room;
            }

            var before = file.Offset;
            file = ConsumeLines(_buffer.AsSpan(0, filled), file, batch);
            var consumed = (int)(file.Offset - before);
            _buffer.AsSpan(consumed, filled - consumed).CopyTo(_buffer);
            filled -= consumed;
            if (room <= 0 || batch.IsFull)
            {
                return file;
            }
        }
    }

    private FollowedFile ConsumeLines(ReadOnlySpan<byte> text, FollowedFile file, LogFollowerBatch batch)
    {
        while (!text.IsEmpty && !batch.IsFull)
        {
            var (consumed, flags) = ConsumeOne(text, file, batch);
            if (consumed == 0 && flags == file.Flags)
            {
                break;
            }

            text = text[consumed..];
            file = file with { Offset = file.Offset + consumed, Flags = flags & ~FollowFlags.IncompleteReported };
        }

        return file;
    }

    private (int Consumed, FollowFlags Flags) ConsumeOne(ReadOnlySpan<byte> text, FollowedFile file, LogFollowerBatch batch)
    {
        if (file.Is(FollowFlags.Skipping))
        {
            var skipped = LogFollowerLines.FindEndOfSkipped(text);
            return skipped < 0
                ? (Math.Max(0, text.Length - LogFollowerLines.Lookbehind), file.Flags)
                : (skipped + 1, file.Flags & ~FollowFlags.Skipping);
        }

        if (text[0] == 0)
        {
            if (!file.Is(FollowFlags.AfterNuls))
            {
                batch.Errors.Add(new AuditReadError(
                    ReadErrorReason.Malformed, PlaceOf(file, file.Offset), "a run of NUL bytes, as a crash of the machine leaves it"));
            }

            var content = text.IndexOfAnyExcept((byte)0);
            return (content < 0 ? text.Length : content, file.Flags | FollowFlags.AfterNuls);
        }

        var end = LogFollowerLines.FindEnd(text);
        if (end > limits.LineBytes || (end < 0 && text.Length > limits.LineBytes))
        {
            batch.Errors.Add(new AuditReadError(
                ReadErrorReason.Oversized,
                PlaceOf(file, file.Offset),
                string.Create(CultureInfo.InvariantCulture, $"a line of more than {limits.LineBytes} bytes: {Excerpt.Of(text)}")));
            return end < 0
                ? (text.Length - LogFollowerLines.Lookbehind, (file.Flags | FollowFlags.Skipping) & ~FollowFlags.AfterNuls)
                : (end + 1, file.Flags & ~FollowFlags.AfterNuls);
        }

        if (end < 0)
        {
            return (0, file.Flags);
        }

        var foreign = file.Is(FollowFlags.Foreign);
        parse(LogFollowerLines.Join(text[..end]), PlaceOf(file, file.Offset), ref foreign, batch.Records, batch.Errors);
        var flags = file.Flags & ~(FollowFlags.AfterNuls | FollowFlags.Foreign);
        return (end + 1, foreign ? flags | FollowFlags.Foreign : flags);
    }

    /// <summary>Takes the new fingerprint, having made sure that the file's beginning is still the one that was read.</summary>
    private FollowedFile? Seal(SafeFileHandle handle, FollowedFile file, HeadWitness witness)
    {
        var head = new byte[Math.Min(FileHead.Length, file.Size)];
        var length = fileSystem.Read(handle, head, 0);
        return length == head.Length && FileHead.Matches(file, head) && witness.Confirms(head)
            ? file with { HeadLength = length, Head = FileHead.Of(head) }
            : null;
    }

    private void EnsureRoom(int length)
    {
        if (_buffer.Length < length)
        {
            Array.Resize(ref _buffer, Math.Max(length, _buffer.Length * 2));
        }
    }

    private static string PlaceOf(FollowedFile file, long offset) =>
        string.Create(CultureInfo.InvariantCulture, $"{file.Path} byte {offset}");

    /// <summary>Remembers what was read within the part of the file that the fingerprint is of.</summary>
    private sealed class HeadWitness(long offset)
    {
        private readonly byte[] _seen = new byte[FileHead.Length];
        private int _end = (int)Math.Min(offset, FileHead.Length);

        private int Start { get; } = (int)Math.Min(offset, FileHead.Length);

        public void Note(ReadOnlySpan<byte> bytes, long at)
        {
            if (at == _end && _end < FileHead.Length)
            {
                var length = Math.Min(bytes.Length, FileHead.Length - _end);
                bytes[..length].CopyTo(_seen.AsSpan(_end));
                _end += length;
            }
        }

        public bool Confirms(ReadOnlySpan<byte> head)
        {
            var end = Math.Min(_end, head.Length);
            return end <= Start || head[Start..end].SequenceEqual(_seen.AsSpan(Start, end - Start));
        }
    }
}
