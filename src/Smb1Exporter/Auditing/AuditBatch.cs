namespace Smb1Exporter.Auditing;

/// <summary>What one read of an audit log brought. The position is stored in the same transaction as what the records add.</summary>
/// <param name="Records">The records that concern SMB1, in reading order. May hold records older than asked for; the reader of the batch drops those.</param>
/// <param name="Errors">Records that could not be used.</param>
/// <param name="Gaps">Losses found in this read.</param>
/// <param name="Position">Where the next read goes on; opaque to everyone but the source that made it.</param>
/// <param name="CaughtUp">False when more is waiting to be read right now.</param>
internal sealed record AuditBatch(
    IReadOnlyList<AuditRecord> Records,
    IReadOnlyList<AuditReadError> Errors,
    IReadOnlyList<AuditGap> Gaps,
    AuditPosition Position,
    bool CaughtUp)
{
    /// <summary>
    /// True when the position could not be used and reading began again from <see cref="AuditStart.NotBefore"/>: older records are then
    /// dropped until the source has caught up, so that nothing counted before is counted again.
    /// </summary>
    public bool StartedOver { get; init; }

    /// <summary>Whether a part of the log cannot be read, so that something may wait there although the rest was read to its end.</summary>
    public bool LeavesUnread { get; init; }

    /// <summary>Whether the position has to be stored now, and not only some time later: it says more than how far reading came.</summary>
    public bool IsPositionUrgent { get; init; }

    /// <summary>Whether text at the end of the log waits until it is whole, or until what follows tells what it is.</summary>
    public bool HasUnfinished { get; init; }

    /// <summary>Records of connections of our own: those that are awaited are among them. On Windows, those that may be our own.</summary>
    public IReadOnlyList<OwnRecord> OwnRecords { get; init; } = [];

    /// <summary>What kept another part of the log from being read, when what could be read is good; null when nothing did.</summary>
    public AuditSourceException? Failure { get; init; }
}
