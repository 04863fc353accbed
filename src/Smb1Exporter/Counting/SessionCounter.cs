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

/// <summary>
/// Counts open SMB1 sessions that left no record: those that began before auditing, and those that smbd recorded nowhere. Each once, as long as it is open,
/// also over restarts.
/// </summary>
internal static class SessionCounter
{
    /// <summary>So many sessions are told apart; of more, only that SMB1 is in use is known.</summary>
    private const int Most = 1000;

    /// <summary>The record of a session that is younger may be about to be read.</summary>
    private static readonly TimeSpan RecordTakes = TimeSpan.FromMinutes(2);

    /// <summary>Counts.</summary>
    /// <param name="change">What will be written.</param>
    /// <param name="counter">Counts attempts.</param>
    /// <param name="exclusions">Clients that are counted apart.</param>
    /// <param name="open">The sessions that are open now.</param>
    /// <param name="coveredSince">From when on each session has left a record that was read; null where that cannot be said.</param>
    /// <param name="now">The time.</param>
    public static SessionOutcome Count(
        StateChange change, AttemptCounter counter, ClientExclusions exclusions, IReadOnlyList<OpenSession> open, DateTimeOffset? coveredSince, DateTimeOffset now)
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

            if (known.Contains(session.Key) || change.Connections.Find(session.Connection) is not null || session.Begin > coveredSince + RecordTakes)
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
