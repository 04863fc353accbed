namespace Smb1Exporter.State;

/// <summary>What is remembered of a connection, so that its records count once.</summary>
/// <param name="First">The time of its first record.</param>
/// <param name="SetUp">When its session was set up; null while none is.</param>
/// <param name="Session">The id of that session; null while there is none.</param>
internal sealed record KnownConnection(DateTimeOffset First, DateTimeOffset? SetUp, string? Session)
{
    /// <summary>Whether we made it ourselves, so that none of its records counts.</summary>
    public bool IsOwn { get; init; }
}

/// <summary>Connections that were read together: stored in one row, which is removed as a whole.</summary>
/// <param name="Id">Its number; rises.</param>
/// <param name="Connections">By their key; of one that stands in several groups, the last one holds.</param>
internal sealed record ConnectionGroup(long Id, IReadOnlyList<KeyValuePair<string, KnownConnection>> Connections);
