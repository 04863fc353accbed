using Smb1Exporter.Auditing;
using Smb1Exporter.State;

namespace Smb1Exporter.Exposition;

/// <summary>One immutable picture that a scrape is answered from.</summary>
/// <param name="Totals">What is committed.</param>
/// <param name="ServerEnabled">Whether SMB1 is served; null when it could not be told.</param>
/// <param name="AuditingEnabled">Whether SMB1 is audited; null when it could not be told.</param>
/// <param name="SourceUp">Whether the last read of the audit log worked; null before the first.</param>
/// <param name="StateFileUp">Whether the state file could be written when that was last tried.</param>
/// <param name="Lag">How far reading lags behind the audit log; null where it was never read.</param>
/// <param name="Time">When the picture was taken.</param>
/// <param name="Timestamp">The same by the monotonic clock.</param>
internal sealed record Exposition(
    AttemptTotals Totals, bool? ServerEnabled, bool? AuditingEnabled, bool? SourceUp, bool StateFileUp, TimeSpan? Lag, DateTimeOffset Time, long Timestamp)
{
    public static Exposition Of(AttemptTotals totals, HostState hostState, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(hostState);
        ArgumentNullException.ThrowIfNull(timeProvider);
        return new Exposition(
            totals,
            hostState.Auditing.ServerEnabled,
            hostState.Auditing.AuditingEnabled,
            hostState.SourceUp,
            hostState.StateProblem.Length == 0,
            hostState.Lag.Current,
            timeProvider.GetUtcNow(),
            timeProvider.GetTimestamp());
    }
}
