using Smb1Exporter.Auditing;
using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>What came of a look at the open SMB1 sessions.</summary>
/// <param name="InUse">How many of them count for the verdict: those of clients that are not excluded.</param>
/// <param name="Counted">Those that no record had told of, and that are counted now.</param>
internal sealed record SessionOutcome(int InUse, IReadOnlyList<OpenSession> Counted)
{
    /// <summary>No session is open.</summary>
    public static readonly SessionOutcome None = new(0, []);
}

/// <summary>From when on each session has left a record that was read. Null where that cannot be said.</summary>
/// <param name="Time">By the wall clock, for sessions of which no more is known.</param>
/// <param name="Uptime">In hundredths of a second since the machine's start, which no clock that is set can change.</param>
internal readonly record struct RecordedSince(DateTimeOffset? Time, long? Uptime)
{
    /// <summary>Whether a session began later.</summary>
    /// <param name="session">The session.</param>
    /// <param name="margin">By how much.</param>
    public bool Holds(OpenSession session, TimeSpan margin) =>
        session.ProcessStarted is { } started ? started > Uptime + (margin.TotalSeconds * 100) : session.Begin > Time + margin;
}

/// <summary>
/// Counts open SMB1 sessions that left no record: those that began before auditing, and those that smbd recorded nowhere. Each once, as long as it is open,
/// also over restarts.
/// </summary>
internal static class SessionCounter
{
    /// <summary>So many sessions are told apart; of more, only that SMB1 is in use is known.</summary>
    private const int Most = 1000;

    /// <summary>The record of a session that is younger may be about to be read.</summary>
    private static readonly TimeSpan RecordTakes = TimeSpan.FromSeconds(15);

    /// <summary>Counts.</summary>
    /// <param name="change">What will be written.</param>
    /// <param name="counter">Counts attempts.</param>
    /// <param name="exclusions">Clients that are counted apart.</param>
    /// <param name="open">The sessions that are open now.</param>
    /// <param name="recorded">From when on each session has left a record that was read.</param>
    /// <param name="now">The time.</param>
    public static SessionOutcome Count(
        StateChange change, AttemptCounter counter, ClientExclusions exclusions, IReadOnlyList<OpenSession> open, RecordedSince recorded, DateTimeOffset now)
    {
        var known = (change.Get(StateNames.KnownSessions) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var (kept, counted, inUse) = (new List<string>(), new List<OpenSession>(), 0);
        foreach (var session in open.Where(session => change.Connections.Find(session.Connection) is not { IsOwn: true }))
        {
            inUse += ClientAddress.TryCanonicalize(session.Client, out var client, out _) && exclusions.Contains(client) ? 0 : 1;
            if (kept.Count == Most)
            {
                continue;
            }

            if (known.Contains(session.Key) || change.Connections.Find(session.Connection) is not null || recorded.Holds(session, RecordTakes))
            {
                kept.Add(session.Key);
            }
            else if (session.Begin is null || now - session.Begin > RecordTakes)
            {
                counter.Count(new AuditRecord(AuditRecordKind.Attempt, now, session.Client, null, 1, "list of open sessions")
                {
                    ClientProblem = session.Client.Length == 0 ? "an open SMB1 session names no client" : null,
                });
                kept.Add(session.Key);
                counted.Add(session);
            }
        }

        change.Set(StateNames.KnownSessions, kept.Count == 0 ? null : string.Join('\n', kept.Order(StringComparer.Ordinal)));
        return new SessionOutcome(inUse, counted);
    }
}
