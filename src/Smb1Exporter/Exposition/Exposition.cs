using Smb1Exporter.Auditing;
using Smb1Exporter.State;

namespace Smb1Exporter.Exposition;

/// <summary>One immutable picture that a scrape is answered from.</summary>
/// <param name="Totals">What is committed.</param>
/// <param name="ServerEnabled">Whether SMB1 is served; null when it could not be told.</param>
/// <param name="AuditingEnabled">Whether SMB1 is audited; null when it could not be told.</param>
/// <param name="SourceUp">Whether the last read of the audit log worked; null before the first.</param>
/// <param name="MaxClients">The cap on tracked clients.</param>
/// <param name="ReadyAfter">How long a server must be covered and without an attempt for SMB1 to be disabled.</param>
/// <param name="Time">When the picture was taken.</param>
internal sealed record Exposition(
    AttemptTotals Totals, bool? ServerEnabled, bool? AuditingEnabled, bool? SourceUp, int MaxClients, TimeSpan ReadyAfter, DateTimeOffset Time)
{
    public static Exposition Of(AttemptTotals totals, HostState hostState, int maxClients, TimeSpan readyAfter, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(hostState);
        return new Exposition(
            totals, hostState.Auditing.ServerEnabled, hostState.Auditing.AuditingEnabled, hostState.SourceUp, maxClients, readyAfter, time);
    }
}
