namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// One channel of the Windows event log. Readings throw <see cref="AuditSourceException"/> when the channel cannot be read: absent, access denied,
/// or the event log service does not answer.
/// </summary>
internal interface IEventChannel
{
    /// <summary>The channel's full name, for example "Microsoft-Windows-SMBServer/Audit".</summary>
    string Name { get; }

    /// <summary>Whether the channel is there and recording, and its size. Never throws: what cannot be told is <see cref="ChannelStatus.Unknown"/>.</summary>
    ChannelState GetState();

    /// <summary>Makes the channel record (as <c>wevtutil sl NAME /e:true</c> does); needs an administrator.</summary>
    void Enable();

    /// <summary>The oldest record that is still there; null when the channel is empty.</summary>
    ChannelRecord? Oldest();

    /// <summary>The newest record; null when the channel is empty.</summary>
    ChannelRecord? Newest();

    /// <summary>
    /// Reads forward from a record, that record first; of every provider and event id. Empty when the record is not in the channel (any more).
    /// </summary>
    IReadOnlyList<ChannelRecord> ReadFrom(long recordId, int limit);

    /// <summary>Reads forward the records created at <paramref name="time"/> or later, oldest first; of every provider and event id.</summary>
    IReadOnlyList<ChannelRecord> ReadSince(DateTimeOffset time, int limit);

    /// <summary>
    /// Calls <paramref name="written"/> whenever an event that concerns SMB1 is written from now on, and <paramref name="failed"/> when that ends.
    /// Both come from other threads.
    /// </summary>
    IDisposable Subscribe(Action written, Action<Exception> failed);
}

/// <summary>One record of a channel.</summary>
/// <param name="RecordId">EventRecordID: rises within the channel, and may start anew after the channel was cleared.</param>
/// <param name="Time">TimeCreated, UTC.</param>
/// <param name="Xml">The event, when it is one that concerns SMB1; null for every other.</param>
/// <param name="Fault">Why an event that concerns SMB1 could not be rendered; null when it could.</param>
internal sealed record ChannelRecord(long RecordId, DateTimeOffset Time, string? Xml, string? Fault = null);

/// <summary>Whether a channel can be read and records.</summary>
internal enum ChannelStatus
{
    /// <summary>It is there and records.</summary>
    Enabled,

    /// <summary>It is there and records nothing.</summary>
    Disabled,

    /// <summary>This Windows has no such channel.</summary>
    Absent,

    /// <summary>This account may not look at it.</summary>
    AccessDenied,

    /// <summary>It could not be told.</summary>
    Unknown,
}

/// <summary>The state of a channel.</summary>
/// <param name="Status">Whether it records.</param>
/// <param name="MaximumBytes">The size at which it begins to drop its oldest records; null when unknown.</param>
/// <param name="FileBytes">The size of its file; null when unknown.</param>
internal sealed record ChannelState(ChannelStatus Status, long? MaximumBytes = null, long? FileBytes = null)
{
    /// <summary>
    /// A log grows in chunks of 64 KiB to its maximum before the oldest chunk is dropped (the EVTX format), so a smaller file has lost nothing
    /// since it was cleared or made. True when the sizes are unknown.
    /// </summary>
    public bool MayHaveWrapped => MaximumBytes is not { } maximum || FileBytes is not { } file || file + (64 * 1024) >= maximum;
}
