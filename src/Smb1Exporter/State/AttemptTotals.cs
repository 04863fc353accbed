using System.Collections.Immutable;
using System.Globalization;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.State;

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

    /// <summary>The name that DNS gave it last, in the form of <c>ClientName</c>; null when there is none or it is not known yet.</summary>
    public string? DnsName { get; init; }

    /// <summary>The name that it gave itself last in an audit record, in the form of <c>ClientName</c>; null when it gave none.</summary>
    public string? Workstation { get; init; }

    /// <summary>When DNS was last asked; null when it was not.</summary>
    public DateTimeOffset? LookedUp { get; init; }

    /// <summary>The name that is shown, one of the two or an earlier one; null when there is none.</summary>
    public string? Name { get; init; }

    /// <summary>Since when that, or the last one, is shown; null when none ever was.</summary>
    public DateTimeOffset? NamedAt { get; init; }

    /// <summary>The same by the monotonic clock; null where that was in another process.</summary>
    public long? NamedTimestamp { get; init; }
}

/// <summary>For how long a server was watched: what the verdict compares. Time that passed while nobody watched is in neither.</summary>
/// <param name="Covered">Since records were last lost, or auditing was last off.</param>
/// <param name="Quiet">
/// The part of it since the last attempt, or since the last record that may have been one. A second below zero where that came before anything was
/// covered: it stays behind then, and is shown as zero until it has passed.
/// </param>
internal readonly record struct WatchedTime(TimeSpan Covered, TimeSpan Quiet)
{
    /// <summary>As it is shown.</summary>
    public WatchedTime Shown => this with { Quiet = Quiet > TimeSpan.Zero ? Quiet : TimeSpan.Zero };

    /// <summary>What is stored.</summary>
    public static WatchedTime Of(StoredState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new WatchedTime(Duration(state, StateNames.Covered), Duration(state, StateNames.Quiet));
    }

    private static TimeSpan Duration(StoredState state, string name) =>
        long.TryParse(state.Values.GetValueOrDefault(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var microseconds)
            ? TimeSpan.FromMicroseconds(Math.Min(microseconds, (long)TimeSpan.FromDays(36_500).TotalMicroseconds))
            : TimeSpan.Zero;
}

/// <summary>An immutable picture of what is stored.</summary>
/// <param name="Clients">Every client known, by address.</param>
/// <param name="ClientsVersion">Rises whenever the clients change: two pictures with the same number hold the same clients.</param>
/// <param name="ClientsHeldUntil">From this timestamp of the monotonic clock on the clients are shown as they are, until they change (<see cref="HeldCount"/>).</param>
/// <param name="Excluded">Attempts by excluded clients.</param>
/// <param name="Rejected">Connections refused because SMB1 is off.</param>
/// <param name="Gaps">Times records are known to be lost unread.</param>
/// <param name="ReadErrors">Failed records and reads, by reason; every reason is there.</param>
/// <param name="Watched">For how long the server was watched.</param>
/// <param name="CoveredSince">Start of the covered stretch by the wall clock, for display; null while nothing is covered.</param>
/// <param name="LastAttempt">
/// Time of the last attempt that counts for the verdict, for display: by any client that is not excluded, forgotten ones included; null when
/// there was none.
/// </param>
/// <param name="CoverageHistory">What became of the coverage, latest first; the oldest entries are dropped.</param>
/// <param name="InstallationId">A random number, which tells two machines of one name apart.</param>
internal sealed record AttemptTotals(
    ImmutableArray<ClientTotals> Clients,
    long ClientsVersion,
    long ClientsHeldUntil,
    HeldCount Excluded,
    HeldCount Rejected,
    HeldCount Gaps,
    ImmutableSortedDictionary<ReadErrorReason, HeldCount> ReadErrors,
    WatchedTime Watched,
    DateTimeOffset? CoveredSince,
    DateTimeOffset? LastAttempt,
    ImmutableArray<CoverageEntry> CoverageHistory,
    string InstallationId)
{
    /// <summary>How many clients use a place under the cap; "other" and "unknown" do not.</summary>
    public int TrackedClients { get; init; }

    /// <summary>When counting began, all totals being 0; null before the first commit.</summary>
    public DateTimeOffset? Begun { get; init; }

    /// <summary>A picture of all that is stored, on the ground of the one before.</summary>
    /// <param name="state">What is stored.</param>
    /// <param name="change">What was written since the picture before; null for the first one.</param>
    /// <param name="before">The picture before; null for the first one.</param>
    public static AttemptTotals Of(StoredState state, StateChange? change = null, AttemptTotals? before = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        var areSame = before is not null && change is { Clients.Count: 0 };
        return new AttemptTotals(
            areSame ? before!.Clients : ClientsOf(state, change, before),
            (before?.ClientsVersion ?? 0) + (areSame ? 0 : 1),
            HeldUntil(change, before),
            state.Counters.GetValueOrDefault(CounterNames.Excluded),
            state.Counters.GetValueOrDefault(CounterNames.Rejected),
            state.Counters.GetValueOrDefault(CounterNames.Gaps),
            before is not null && change is { Counters.Count: 0 } ? before.ReadErrors : ReadErrorsOf(state),
            WatchedTime.Of(state).Shown,
            state.Coverage.FindLast(entry => entry.IsOpen)?.Begin,
            StateNames.TimeOf(state.Values.GetValueOrDefault(StateNames.LastAttempt)),
            before is not null && change is { Coverage.Count: 0 } ? before.CoverageHistory : [.. state.Coverage.AsEnumerable().Reverse()],
            state.Values.GetValueOrDefault(StateNames.Installation, ""))
        {
            TrackedClients = state.TrackedClients,
            Begun = StateNames.TimeOf(state.Values.GetValueOrDefault(StateNames.Begun)),
        };
    }

    // What is forgotten again, or held for less, makes it no sooner: then a scrape or two more are collected.
    private static long HeldUntil(StateChange? change, AttemptTotals? before) =>
        change?.Clients.Values.Aggregate(before?.ClientsHeldUntil ?? 0, (until, client) => Math.Max(until, client?.Attempts.HeldUntil ?? 0)) ?? 0;

    private static ImmutableSortedDictionary<ReadErrorReason, HeldCount> ReadErrorsOf(StoredState state) =>
        Enum.GetValues<ReadErrorReason>().ToImmutableSortedDictionary(reason => reason, reason => state.Counters.GetValueOrDefault(CounterNames.Of(reason)));

    /// <summary>A client; null where none of that address is known.</summary>
    public ClientTotals? Find(string address) => IndexOf(address) is var at and >= 0 ? Clients[at] : null;

    private int IndexOf(string address) => Clients.AsSpan().BinarySearch(new ByAddress(address));

    // With thousands of clients, of which one was seen again, only its place is filled anew.
    private static ImmutableArray<ClientTotals> ClientsOf(StoredState state, StateChange? change, AttemptTotals? before)
    {
        if (change is null || before is null || change.Clients.Count > 100 || state.Clients.Count != before.Clients.Length)
        {
            return [.. state.Clients.Values.OrderBy(client => client.Address, StringComparer.Ordinal)];
        }

        var clients = before.Clients.ToBuilder();
        foreach (var changed in change.Clients.Values)
        {
            var at = changed is null ? -1 : before.IndexOf(changed.Address);
            if (at < 0)
            {
                return ClientsOf(state, null, null);
            }

            clients[at] = changed!;
        }

        return clients.MoveToImmutable();
    }

    /// <summary>Stands for a client of this address among others.</summary>
    private readonly struct ByAddress(string address) : IComparable<ClientTotals>
    {
        public int CompareTo(ClientTotals? other) => string.CompareOrdinal(address, other?.Address);
    }
}
