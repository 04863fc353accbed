using Smb1Exporter.Auditing;

namespace Smb1Exporter.Counting;

/// <summary>What was committed, for the log.</summary>
/// <param name="Errors">Records that could not be used, those of the batches and those found in counting.</param>
/// <param name="Gaps">Losses.</param>
/// <param name="NewClients">Clients seen for the first time.</param>
/// <param name="OverCap">Attempts counted as "other" because the cap is reached.</param>
internal sealed record CommitOutcome(
    IReadOnlyList<AuditReadError> Errors, IReadOnlyList<AuditGap> Gaps, IReadOnlyList<string> NewClients, long OverCap)
{
    public static readonly CommitOutcome Nothing = new([], [], [], 0);

    public CommitOutcome And(CommitOutcome other) => new(
        [.. Errors, .. other.Errors], [.. Gaps, .. other.Gaps], [.. NewClients, .. other.NewClients], OverCap + other.OverCap);
}
