namespace Smb1Exporter.Auditing;

/// <summary>What an audit record says happened.</summary>
internal enum AuditRecordKind
{
    /// <summary>A client spoke SMB1 to this server (Windows event 3000; a Samba record whose serviceDescription is "SMB").</summary>
    Attempt,

    /// <summary>A connection was refused because SMB1 is off (Windows event 1001). Never added to attempts.</summary>
    Rejection,
}

/// <summary>One record of an audit log, as its source tells it: nothing in it has been trusted yet.</summary>
/// <param name="Kind">Attempt or rejection.</param>
/// <param name="Time">When it happened, from the record itself, UTC.</param>
/// <param name="Client">
/// The client as the record names it (address, address with port, or name); not canonical. Empty where the record names none that can be used.
/// </param>
/// <param name="Connection">
/// What tells this connection from others (Samba: address and port), so that several records of one connection count once;
/// null where each record is an attempt of its own (Windows).
/// </param>
/// <param name="Count">How many attempts or rejections the record stands for; at least 1.</param>
/// <param name="Origin">What tells, as text, where it was read (file and byte offset, or channel and record number).</param>
internal sealed record AuditRecord(
    AuditRecordKind Kind,
    DateTimeOffset Time,
    string Client,
    string? Connection,
    long Count,
    object Origin)
{
    /// <summary>Where it was read, for messages.</summary>
    public string Place => Origin.ToString()!;

    /// <summary>
    /// The name under which the connection was stored if we made it ourselves; null where <see cref="Connection"/> says that (Samba), or where it cannot be
    /// one of ours.
    /// </summary>
    public string? OwnName { get; init; }

    /// <summary>What the client calls itself, as the record says it; null when it says nothing.</summary>
    public string? ClientName { get; init; }

    /// <summary>Which session was set up on the connection (Samba: <c>sessionId</c> of an Authorization); null where the record does not end a set-up.</summary>
    public string? SessionId { get; init; }

    /// <summary>Why <see cref="Client"/> is empty although the record is known to be of a client; null where its source saw nothing wrong.</summary>
    public string? ClientProblem { get; init; }
}
