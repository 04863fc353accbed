using Smb1Exporter.State;
using Smb1Exporter.Verdicts;

namespace Smb1Exporter.Reporting;

/// <summary>Everything that page and report are made of: one immutable picture.</summary>
/// <param name="Exporter">What the exporter says of itself and its host.</param>
/// <param name="Totals">What is committed.</param>
/// <param name="Stale">Why it is not known what happens now: a sentence; empty where the exporter runs and stores what it reads.</param>
/// <param name="Time">When the picture was taken.</param>
internal sealed record Evidence(ExporterRecord Exporter, AttemptTotals Totals, string Stale, DateTimeOffset Time)
{
    /// <summary>Whether it is known what happens now.</summary>
    public bool IsRunning => Stale.Length == 0;

    /// <summary>What the configuration says, as an explanation: sentences; may be empty.</summary>
    public string Configuration => Exporter.Host.ConfigurationDetail;

    /// <summary>Whether SMB1 can be disabled.</summary>
    public Verdict Verdict { get; } = Verdict.Of(new VerdictFacts(
        Stale.Length == 0 ? Exporter.Host.ServerEnabled : null,
        Exporter.Host.AuditingEnabled,
        Exporter.Host.SourceUp,
        Totals.Watched.Covered,
        Totals.Watched.Quiet,
        Exporter.ReadyAfter,
        Time));

    /// <summary>Who made the last attempt; null when there was none, or its client is forgotten.</summary>
    public ClientTotals? LastClient =>
        Totals.LastAttempt is { } last ? Totals.Clients.FirstOrDefault(client => client.LastSeen == last) : null;
}
