namespace Smb1Exporter.Auditing;

/// <summary>Why a record or a read failed: the closed set of values of the label <c>reason</c>.</summary>
internal enum ReadErrorReason
{
    /// <summary>
    /// A record that is not what the log's format says (broken JSON or XML, a field missing or of the wrong type), or stands where any client may have
    /// written it.
    /// </summary>
    Malformed,

    /// <summary>A record longer than any real one; it was passed over.</summary>
    Oversized,

    /// <summary>A record that ends in the middle and will not be completed (its file was rotated away or removed).</summary>
    Incomplete,

    /// <summary>A record whose client is no usable address or name (empty, control characters, over-long); it counts as an attempt of "unknown".</summary>
    InvalidClient,

    /// <summary>The log could not be opened for lack of rights.</summary>
    AccessDenied,

    /// <summary>The log is not there (file missing, channel absent or disabled).</summary>
    NotFound,

    /// <summary>Any other failure of a read.</summary>
    Io,
}

/// <summary>A record that could not be used. It is counted and logged, and reading goes on behind it.</summary>
/// <param name="Reason">The label value it is counted under.</param>
/// <param name="Place">Where: file and byte offset, or channel and record number.</param>
/// <param name="Detail">What is wrong with it, for the log; at most a short, escaped excerpt of the record.</param>
internal sealed record AuditReadError(ReadErrorReason Reason, string Place, string Detail)
{
    /// <summary>Whether what could not be read may be an SMB1 connection: then nobody can say any more that there was none.</summary>
    public bool MayHideAttempt { get; init; }
}

/// <summary>Records are known to be lost unread: the log wrapped, was cleared, or was truncated past the position.</summary>
/// <param name="Place">The file or channel.</param>
/// <param name="Detail">What was found, for the log.</param>
internal sealed record AuditGap(string Place, string Detail);
