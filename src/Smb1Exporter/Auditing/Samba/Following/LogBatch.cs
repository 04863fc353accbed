using System.Globalization;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What a read has gathered so far, and how much it may.</summary>
/// <param name="items">Records and errors at most.</param>
/// <param name="bytes">Bytes to look through at most.</param>
/// <param name="own">Connections of our own, whose records are awaited.</param>
internal sealed class LogBatch(int items, long bytes, OwnConnections own)
{
    /// <summary>Records of connections of our own that are awaited.</summary>
    public List<OwnRecord> OwnRecords { get; } = [];

    public List<AuditRecord> Records { get; } = [];

    public List<AuditReadError> Errors { get; } = [];

    /// <summary>How many bytes were looked through.</summary>
    public long BytesRead { get; set; }

    /// <summary>Whether a quarter is kept for the log in use, whatever there is to read in files that were rotated away.</summary>
    public bool KeepsShare { get; set; }

    /// <summary>Whether a line may hold a record of our own.</summary>
    public bool MayHoldOwn(ReadOnlySpan<byte> line) => own.AreAwaited && own.IsNamedIn(line);

    /// <summary>Notes a record, if it is of our own.</summary>
    public void NoteOwn(in RecordObject record)
    {
        if (record.RemoteAddress is { } connection && own.IsAwaited(connection))
        {
            OwnRecords.Add(new OwnRecord(connection, record.IsAuthorization));
        }
    }

    public bool IsFull =>
        Records.Count + Errors.Count >= (KeepsShare ? items - (items / 4) : items) || BytesRead >= (KeepsShare ? bytes - (bytes / 4) : bytes);
}

/// <summary>A place in a log; made into text only where it is told.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Bytes from its beginning.</param>
internal readonly record struct LogPlace(string Path, long Offset)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Path} byte {Offset}");
}
