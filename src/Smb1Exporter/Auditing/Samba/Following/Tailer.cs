using Microsoft.Win32.SafeHandles;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>Reads what is new in one file, a bounded amount of it at a time.</summary>
internal sealed class Tailer(ILogFileSystem fileSystem, int chunkBytes)
{
    private readonly byte[] _buffer = new byte[chunkBytes + RecordReader.Lookahead];

    /// <summary>Reads on behind the bookmark, up to the size it knows.</summary>
    /// <returns>The bookmark moved on; null where the content was replaced while it was read, in which case nothing of it is in the batch.</returns>
    /// <exception cref="IOException">The file cannot be read; nothing of it is in the batch.</exception>
    /// <param name="handle">The open file.</param>
    /// <param name="bookmark">How far it was read.</param>
    /// <param name="isSettled">Whether nobody has written to it for a moment, so that its last message is whole.</param>
    /// <param name="batch">Receives what is read.</param>
    /// <param name="cancellationToken">Ends a long read early.</param>
    public Bookmark? Read(SafeFileHandle handle, Bookmark bookmark, bool isSettled, LogBatch batch, CancellationToken cancellationToken) =>
        ReadOrTakeBack(bookmark, batch, records => Seal(handle, ReadOn(handle, bookmark, isSettled, batch, records, cancellationToken)));

    /// <summary>Takes the last line, which lacks its end and will not get it, as it is: whole, or as far as it tells whose it is.</summary>
    /// <inheritdoc cref="Read" path="/returns" />
    /// <inheritdoc cref="Read" path="/exception" />
    public Bookmark? ReadLast(SafeFileHandle handle, Bookmark bookmark, LogBatch batch) => ReadOrTakeBack(bookmark, batch, records =>
    {
        var length = fileSystem.Read(
            handle, _buffer.AsSpan(0, (int)Math.Min(bookmark.Size - bookmark.Offset, RecordReader.LongestLine)), bookmark.Offset);
        var done = records.ReadLast(_buffer.AsSpan(0, length), bookmark.Offset, bookmark.Text);
        var mark = Mark(records, _buffer.AsSpan(0, length), bookmark.Offset, bookmark.LastRecord);
        return Seal(handle, bookmark with { Offset = bookmark.Offset + done, Text = records.State, LastRecord = mark, IsEndReported = done < length });
    });

    private static LineMark? Mark(RecordReader records, ReadOnlySpan<byte> text, long offset, LineMark? before)
    {
        if (records.RecordBehind == 0)
        {
            return before;
        }

        if (records.LastRecord.Equals(default))
        {
            return before is null ? null : before with { Behind = records.RecordBehind };
        }

        var (start, length) = records.LastRecord.GetOffsetAndLength(text.Length);
        return LineMark.Of(text.Slice(start, length), offset + start, records.RecordBehind);
    }

    private static Bookmark? ReadOrTakeBack(Bookmark bookmark, LogBatch batch, Func<RecordReader, Bookmark?> read)
    {
        var (records, errors, own) = (batch.Records.Count, batch.Errors.Count, batch.OwnRecords.Count);
        Bookmark? result = null;
        try
        {
            result = read(new RecordReader(bookmark.Path, batch));
            return result;
        }
        finally
        {
            if (result is null)
            {
                batch.Records.RemoveRange(records, batch.Records.Count - records);
                batch.Errors.RemoveRange(errors, batch.Errors.Count - errors);
                batch.OwnRecords.RemoveRange(own, batch.OwnRecords.Count - own);
            }
        }
    }

    private Bookmark ReadOn(
        SafeFileHandle handle, Bookmark bookmark, bool isSettled, LogBatch batch, RecordReader records, CancellationToken cancellationToken)
    {
        var (offset, text, mark) = (bookmark.Offset, bookmark.Text, bookmark.LastRecord);
        var filled = 0;
        while (!batch.IsFull)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var room = (int)Math.Min(Math.Min(chunkBytes, _buffer.Length - filled), bookmark.Size - offset - filled);
            var read = room <= 0 ? 0 : fileSystem.Read(handle, _buffer.AsSpan(filled, room), offset + filled);
            filled += read;
            batch.BytesRead += read;
            var done = records.Read(_buffer.AsSpan(0, filled), offset, text, isSettled && offset + filled == bookmark.Size);
            mark = Mark(records, _buffer.AsSpan(0, filled), offset, mark);
            _buffer.AsSpan(done, filled - done).CopyTo(_buffer);
            (offset, text, filled) = (offset + done, records.State, filled - done);
            if (read == 0 || (done == 0 && filled == _buffer.Length))
            {
                break;
            }
        }

        return bookmark with { Offset = offset, Text = text, LastRecord = mark, IsEndReported = bookmark.IsEndReported && offset == bookmark.Offset };
    }

    /// <summary>Takes the new fingerprint, having made sure that the file still holds what was read.</summary>
    private Bookmark? Seal(SafeFileHandle handle, Bookmark bookmark)
    {
        var content = new LogContent(fileSystem, handle, bookmark.Size);
        var head = content.Head.Span;
        return head.Length == Math.Min(Fingerprint.Length, bookmark.Size)
            && bookmark.BeginsLike(head)
            && (bookmark.LastRecord is null || content.Holds(bookmark.LastRecord))
            ? bookmark.WithHead(head)
            : null;
    }
}
