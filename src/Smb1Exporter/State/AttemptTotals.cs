using System.Collections.Immutable;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.State;

/// <summary>A counter as stored: what was counted, and what scrapes are shown (see <c>BirthHold</c>).</summary>
/// <param name="Total">Everything counted.</param>
/// <param name="Shown">The value on /metrics; never more than the total, and it never falls.</param>
internal readonly record struct HeldCount(long Total, long Shown);

/// <summary>One client's totals.</summary>
/// <param name="Address">Canonical address or name, or "other" or "unknown".</param>
/// <param name="Attempts">Its SMB1 connection attempts.</param>
/// <param name="FirstSeen">Time of its earliest counted audit record, UTC.</param>
/// <param name="LastSeen">Time of its latest counted audit record, UTC.</param>
internal sealed record ClientTotals(string Address, HeldCount Attempts, DateTimeOffset FirstSeen, DateTimeOffset LastSeen)
{
    /// <summary>The address that clients share who come after the cap is reached.</summary>
    public const string Other = "other";

    /// <summary>The address that attempts share whose record names no client that can be used.</summary>
    public const string Unknown = "unknown";

    /// <summary>Whether it is one client, and not what several share.</summary>
    public bool IsOne => Address is not (Other or Unknown);

    /// <summary>The name that DNS gives it, in the form of <c>ClientName</c>; null when there is none or it is not known yet.</summary>
    public string? DnsName { get; init; }

    /// <summary>The name that it gives itself in the audit record, in the form of <c>ClientName</c>; null when it gives none.</summary>
    public string? Workstation { get; init; }

    /// <summary>When DNS was last asked; null when it was not.</summary>
    public DateTimeOffset? LookedUp { get; init; }

    /// <summary>The name to show; null when there is none. DNS is the administrator's word, the other the client's own.</summary>
    public string? Name => DnsName ?? Workstation;
}

/// <summary>Why coverage began anew, or ended.</summary>
/// <param name="Time">When it was found, UTC.</param>
/// <param name="Text">What was found; a sentence.</param>
internal sealed record CoverageEvent(DateTimeOffset Time, string Text);

/// <summary>An immutable picture of what is committed.</summary>
/// <param name="Clients">Every client known, by address.</param>
/// <param name="Excluded">Attempts by excluded clients.</param>
/// <param name="Rejected">Connections refused because SMB1 is off.</param>
/// <param name="Gaps">Times records are known to be lost unread.</param>
/// <param name="ReadErrors">Failed records and reads, by reason; every reason is there.</param>
/// <param name="CoveredSince">Start of the unbroken covered stretch; null while nothing is covered.</param>
/// <param name="LastAttempt">
/// Time of the last attempt that counts for the verdict: by any client that is not excluded, forgotten ones included; null when there was none.
/// </param>
/// <param name="CoverageEvents">Why coverage began anew or ended, latest first; the oldest are dropped.</param>
internal sealed record AttemptTotals(
    ImmutableArray<ClientTotals> Clients,
    HeldCount Excluded,
    HeldCount Rejected,
    HeldCount Gaps,
    ImmutableSortedDictionary<ReadErrorReason, HeldCount> ReadErrors,
    DateTimeOffset? CoveredSince,
    DateTimeOffset? LastAttempt,
    ImmutableArray<CoverageEvent> CoverageEvents)
{
    /// <summary>How many clients use a place under the cap; "other" does not.</summary>
    public int TrackedClients => Clients.Count(client => client.IsOne);
}
