using Smb1Exporter.State;
using Smb1Exporter.Verdicts;

namespace Smb1Exporter.Reporting;

/// <summary>Everything that page and report are made of: one immutable picture.</summary>
/// <param name="Exporter">What the exporter says of itself and its host.</param>
/// <param name="Totals">What is committed.</param>
/// <param name="IsRunning">Whether the exporter runs: nobody knows what comes after a stopped one.</param>
/// <param name="Time">When the picture was taken.</param>
internal sealed record Evidence(ExporterRecord Exporter, AttemptTotals Totals, bool IsRunning, DateTimeOffset Time)
{
    /// <summary>Whether SMB1 can be disabled.</summary>
    public Verdict Verdict { get; } = Verdict.Of(new VerdictFacts(
        IsRunning ? Exporter.Host.ServerEnabled : null,
        Exporter.Host.AuditingEnabled,
        Exporter.Host.SourceUp,
        Totals.CoveredSince,
        Totals.LastAttempt,
        Exporter.ReadyAfter,
        Time));

    /// <summary>Who made the last attempt; null when there was none, or its client is forgotten.</summary>
    public ClientTotals? LastClient =>
        Totals.LastAttempt is { } last ? Totals.Clients.FirstOrDefault(client => client.LastSeen == last) : null;
}
