using Smb1Exporter.Auditing;

namespace Smb1Exporter.Reporting;

/// <summary>One thing that the servers themselves were asked, and what they answered.</summary>
/// <param name="Name">For programs.</param>
/// <param name="Question">What was asked.</param>
/// <param name="Answer">The answer in a word or two.</param>
/// <param name="Time">When it was last answered by yes or no; null where it never was.</param>
/// <param name="Detail">How it was asked, or why it could not be: a sentence.</param>
internal sealed record ProofRow(string Name, string Question, string Answer, DateTimeOffset? Time, string Detail)
{
    /// <summary>All that is asked.</summary>
    public static IReadOnlyList<ProofRow> Of(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var proof = evidence.Exporter.Host.Proof;
        var unknown = proof.IsBelief ? "believed" : "not proved";
        return
        [
            Row("served", "SMB1 is served", proof.Served, "yes", "no", unknown),
            Row("audited", "SMB1 is audited", proof.Audited, "yes", "no", unknown),
            Row("sessions", "SMB1 sessions that are open", proof.Idle, "none", "yes", "not known"),
        ];
    }

    private static ProofRow Row(string name, string question, ProofResult result, string yes, string no, string unknown) =>
        new(name, question, StateRow.Word(result.Answer, yes, no, unknown), result.Time, Wording.Sentence(result.Detail));
}
