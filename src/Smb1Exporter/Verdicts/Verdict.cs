namespace Smb1Exporter.Verdicts;

/// <summary>Whether SMB1 can be disabled on this server, and if not, what is in the way: the closed set that rules, pages and reports share.</summary>
internal enum VerdictKind
{
    /// <summary>What decides could not be told.</summary>
    Unknown,

    /// <summary>SMB1 is off already: there is nothing to disable, and silence proves nothing.</summary>
    Smb1Off,

    /// <summary>Connections leave no record.</summary>
    AuditingOff,

    /// <summary>The records cannot be read.</summary>
    SourceDown,

    /// <summary>Nobody has been watching for long enough.</summary>
    NotCovered,

    /// <summary>SMB1 was used too lately.</summary>
    Attempts,

    /// <summary>SMB1 can be disabled.</summary>
    Ready,
}

/// <summary>What a verdict is made of; each is shown on /metrics too, from which the recording rules make the same verdict.</summary>
/// <param name="ServerEnabled">Whether SMB1 is served; null when it could not be told.</param>
/// <param name="AuditingEnabled">Whether SMB1 connections are audited; null when it could not be told.</param>
/// <param name="SourceUp">Whether the audit log can be read; null when it could not be told.</param>
/// <param name="Covered">For how long the server was watched without a gap.</param>
/// <param name="Quiet">The part of it since the last attempt.</param>
/// <param name="ReadyAfter">How long it must have been quiet.</param>
/// <param name="Now">The time of the verdict.</param>
internal sealed record VerdictFacts(
    bool? ServerEnabled,
    bool? AuditingEnabled,
    bool? SourceUp,
    TimeSpan Covered,
    TimeSpan Quiet,
    TimeSpan ReadyAfter,
    DateTimeOffset Now);

/// <summary>Whether SMB1 can be disabled on a server.</summary>
/// <param name="Kind">Yes, or what is in the way.</param>
/// <param name="ReadyAt">
/// The earliest time at which it is ready, if it is watched all the time and nothing comes in between; in the past once it is. To the second. Null where
/// SMB1 is off or that could not be told.
/// </param>
internal sealed record Verdict(VerdictKind Kind, DateTimeOffset? ReadyAt)
{
    /// <summary>The value of the label <c>verdict</c>.</summary>
    public string Word => Kind switch
    {
        VerdictKind.Unknown => "unknown",
        VerdictKind.Smb1Off => "smb1_off",
        VerdictKind.AuditingOff => "auditing_off",
        VerdictKind.SourceDown => "source_down",
        VerdictKind.NotCovered => "not_covered",
        VerdictKind.Attempts => "attempts",
        VerdictKind.Ready => "ready",
        _ => throw new InvalidOperationException($"{Kind} has no word"),
    };

    /// <summary>The first obstacle in the order in which they have to be cleared away.</summary>
    public static Verdict Of(VerdictFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var (covered, quiet) = (ToTheSecond(facts.Covered), ToTheSecond(facts.Quiet));
        var readyAt = DateTimeOffset.FromUnixTimeSeconds(facts.Now.ToUnixTimeSeconds()) + facts.ReadyAfter - quiet;
        return facts switch
        {
            { ServerEnabled: null } => new Verdict(VerdictKind.Unknown, null),
            { ServerEnabled: false } => new Verdict(VerdictKind.Smb1Off, null),
            { AuditingEnabled: false } => new Verdict(VerdictKind.AuditingOff, readyAt),
            { SourceUp: false } => new Verdict(VerdictKind.SourceDown, readyAt),
            { AuditingEnabled: null } or { SourceUp: null } => new Verdict(VerdictKind.Unknown, readyAt),
            _ when quiet >= facts.ReadyAfter => new Verdict(VerdictKind.Ready, readyAt),
            _ => new Verdict(quiet < covered ? VerdictKind.Attempts : VerdictKind.NotCovered, readyAt),
        };
    }

    private static TimeSpan ToTheSecond(TimeSpan time) => TimeSpan.FromSeconds((long)time.TotalSeconds);
}
