using Smb1Exporter.State;
using Smb1Exporter.Verdicts;

namespace Smb1Exporter.Reporting;

/// <summary>A verdict in words.</summary>
/// <param name="Headline">Yes or no, in a few words.</param>
/// <param name="Reason">Why; sentences.</param>
/// <param name="Next">Until when at the earliest, or what to do; sentences.</param>
internal sealed record VerdictText(string Headline, string Reason, string Next)
{
    public static VerdictText Of(Evidence evidence) => evidence.Verdict.Kind switch
    {
        VerdictKind.Ready => new VerdictText("Ready: SMB1 can be disabled on this server", Silence(evidence), Remaining(evidence)),
        VerdictKind.Attempts => new VerdictText("Not ready: SMB1 is used", LastAttempt(evidence), Earliest(evidence)),
        VerdictKind.NotCovered => new VerdictText("Not ready: not watched for long enough", Covered(evidence), Earliest(evidence)),
        VerdictKind.AuditingOff => new VerdictText(
            "Not ready: SMB1 auditing is off",
            $"Connections leave no record, so silence proves nothing. {evidence.Exporter.Host.AuditingDetail}",
            $"Ready at the earliest {Figures.Duration(evidence.Exporter.ReadyAfter)} after auditing is switched on."),
        VerdictKind.SourceDown => new VerdictText(
            "Not ready: the audit log cannot be read",
            evidence.Exporter.Host.SourceDetail,
            "What is written meanwhile is read once it can be, unless the log wraps first. Until then nobody knows."),
        VerdictKind.Smb1Off => new VerdictText(
            "SMB1 is off on this server already",
            "There is nothing to disable, and silence proves nothing about who still tries: " + Refusals(evidence),
            ""),
        _ => new VerdictText("Not known", Unknown(evidence), "Run \"smb1-exporter check\" on the server: it names the reason and the remedy."),
    };

    private static string Silence(Evidence evidence)
    {
        var covered = $"The server was watched without a gap for {Figures.Duration(evidence.Totals.Watched.Covered)}";
        return evidence.Totals.LastAttempt is { } last
            ? $"{covered}, and the last attempt was {Figures.Ago(last, evidence.Time)}, on {Figures.Time(last)} UTC{By(evidence)}."
            : $"{covered}, and there was no attempt.";
    }

    private static string Remaining(Evidence evidence) =>
        $"Devices used less than once in {Figures.Duration(evidence.Exporter.ReadyAfter)} (year-end closing, spare scanners) are the remaining risk."
        + (evidence.Exporter.Host.Proof is { IsBelief: false, Idle: { Answer: null } idle } ? $" So are sessions that were open before: {idle.Detail}." : "");

    private static string LastAttempt(Evidence evidence)
    {
        var inUse = evidence.Exporter.Host.Proof.Idle is { Answer: false } open ? $" {Wording.Sentence(open.Detail)}" : "";
        return evidence.Totals.LastAttempt is { } last
            ? $"The last attempt was {Figures.Ago(last, evidence.Time)}, on {Figures.Time(last)} UTC{By(evidence)}.{inUse}"
            : inUse.Length > 0 ? inUse.TrimStart()
            : "A record that may be of an SMB1 connection could not be read: see what was noted of the covered periods.";
    }

    private static string By(Evidence evidence) => evidence switch
    {
        { LastClient: { } client } => $", by {Named(client)}",
        _ => ", by a client that is forgotten by now",
    };

    // As people look for it: by its address, with its name where that is known.
    private static string Named(ClientTotals client) => client switch
    {
        { Address: ClientTotals.Other } => "clients beyond the limit",
        { Address: ClientTotals.Unknown } => "clients that their records do not name",
        { Name: { } name } => $"{client.Address} ({name})",
        _ => client.Address,
    };

    private static string Covered(Evidence evidence)
    {
        var why = evidence.Totals.CoverageHistory.FirstOrDefault(entry => entry.End is not null)?.Text;
        var known = evidence.Totals.CoveredSince is { } since
            ? $"What happened is known only since {Figures.Time(since)} UTC: {Figures.Duration(evidence.Totals.Watched.Covered)} of it were watched."
            : "Nothing is covered yet.";
        return string.Join(' ', new[] { known, why, evidence.Exporter.Host.AuditingDetail }.Where(text => !string.IsNullOrEmpty(text)).Distinct());
    }

    private static string Earliest(Evidence evidence) =>
        $"Ready at the earliest on {Figures.Time(evidence.Verdict.ReadyAt!.Value)} UTC, if there is neither an attempt nor a gap until then.";

    private static string Refusals(Evidence evidence) => evidence.Totals.Rejected.Total > 0
        ? $"{Figures.Count(evidence.Totals.Rejected.Total, "connection")} so far had to be refused."
        : "a Samba that refuses SMB1 does so before it records anything, and Windows does not always say whom it refused.";

    private static string Unknown(Evidence evidence) => evidence switch
    {
        { IsRunning: false } => $"{evidence.Stale} Nobody knows what happened since.",
        { Exporter.Host: { SourceUp: null, ServerEnabled: true, AuditingEnabled: true } } => "The audit log was not read yet.",
        _ => $"Whether SMB1 is served and audited could not be told. {evidence.Exporter.Host.AuditingDetail}",
    };
}
