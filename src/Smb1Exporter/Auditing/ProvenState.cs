namespace Smb1Exporter.Auditing;

/// <summary>Brings together what the configuration says, what the server answered, and what was recorded: the server is right, the configuration explains.</summary>
internal static class ProvenState
{
    /// <summary>So long a recorded attempt contradicts a configuration by which there can be none.</summary>
    public static readonly TimeSpan AttemptsSpeakFor = TimeSpan.FromDays(1);

    /// <summary>What holds.</summary>
    /// <param name="opinion">What the configuration, and the programs that read it, say.</param>
    /// <param name="proof">What the server answered.</param>
    /// <param name="lastAttempt">When SMB1 was last recorded; null where it never was.</param>
    /// <param name="offSince">Since when the configuration says that SMB1 is off; null where it does not.</param>
    /// <param name="now">The time.</param>
    public static AuditingState Of(AuditingState opinion, ServerProof proof, DateTimeOffset? lastAttempt, DateTimeOffset? offSince, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(opinion);
        ArgumentNullException.ThrowIfNull(proof);
        if (proof.IsBelief)
        {
            return Believed(opinion, proof, lastAttempt, offSince);
        }

        // One cause is told once.
        var isOneCause = proof is { Served.Answer: null, Audited.Answer: null } && proof.Served.Detail == proof.Audited.Detail;
        var served = Served(opinion, proof.Served, lastAttempt, now, isOneCause, out var aboutServed);
        var audited = Audited(opinion, proof, lastAttempt, now, out var aboutAudited);
        var detail = opinion is { ServerEnabled: null, AuditingEnabled: null }
            ? Join(opinion.Detail, aboutServed, aboutAudited)
            : Join(aboutServed, aboutAudited, $"The configuration says: {opinion.Detail}");
        return opinion with
        {
            ServerEnabled = served,
            AuditingEnabled = audited,
            Detail = detail,
            Unseen = Join(opinion.Unseen, proof.Unseen),
        };
    }

    private static bool? Served(AuditingState opinion, ProofResult proof, DateTimeOffset? lastAttempt, DateTimeOffset now, bool isCauseToldBelow, out string told)
    {
        // An attempt that is older than the refusal was made before SMB1 was switched off.
        var since = proof is { Answer: false, Time: { } asked } ? asked : now - AttemptsSpeakFor;
        if (proof.Answer != true && lastAttempt > since)
        {
            told = $"SMB1 is served: a connection with it was recorded on {Figures.Time(lastAttempt.Value)} UTC, although {Clause(proof.Detail)}.";
            return true;
        }

        told = proof.Answer switch
        {
            true => $"SMB1 is served: {Clause(proof.Detail)}.",
            false => $"SMB1 is not served: {Clause(proof.Detail)}.",
            null => isCauseToldBelow ? "Whether SMB1 is served is not proved." : $"Whether SMB1 is served is not proved: {Clause(proof.Detail)}.",
        };

        // A configuration that allows SMB1 leads to no false all-clear, one that does not may.
        return proof.Answer ?? (opinion.ServerEnabled == true ? true : null);
    }

    /// <summary>What was proved all the same goes before the settings; what was not says nothing against them.</summary>
    private static AuditingState Believed(AuditingState opinion, ServerProof proof, DateTimeOffset? lastAttempt, DateTimeOffset? offSince)
    {
        var (served, told) = proof.Served.Answer == true
            ? (true, opinion.ServerEnabled == true ? "" : $"SMB1 is served, whatever the settings say: {Clause(proof.Served.Detail)}.")
            : (ServedByBelief(opinion.ServerEnabled, lastAttempt, offSince, out var contradiction), contradiction);
        var isProved = proof.Audited.Answer == true;
        var aboutAudited = isProved && opinion.AuditingEnabled != true ? $"SMB1 is audited, whatever the settings say: {Clause(proof.Audited.Detail)}." : "";
        return opinion with
        {
            ServerEnabled = served,
            AuditingEnabled = isProved ? true : opinion.AuditingEnabled,
            Detail = Join(opinion.Detail, told, aboutAudited),
        };
    }

    private static bool? ServedByBelief(bool? opinion, DateTimeOffset? lastAttempt, DateTimeOffset? offSince, out string told)
    {
        var contradicts = opinion == false && lastAttempt > offSince;
        told = contradicts
            ? $"A connection with SMB1 was recorded on {Figures.Time(lastAttempt!.Value)} UTC, although SMB1 is said to be off since {Figures.Time(offSince!.Value)} UTC."
            : "";
        return contradicts ? null : opinion;
    }

    private static bool? Audited(AuditingState opinion, ServerProof proof, DateTimeOffset? lastAttempt, DateTimeOffset now, out string told)
    {
        told = proof.Audited.Answer switch
        {
            true => $"SMB1 is audited: {Clause(proof.Audited.Detail)}.",
            false => $"SMB1 is not audited: {Clause(proof.Audited.Detail)}.",
            null => $"Whether SMB1 is audited is not proved: {Clause(proof.Audited.Detail)}.",
        };
        switch (proof.Audited.Answer)
        {
            case not null:
                return proof.Audited.Answer;
            case null when opinion.AuditingEnabled == false && lastAttempt > now - AttemptsSpeakFor:
                told = $"{told} The configuration says that auditing is off, but a connection was recorded on {Figures.Time(lastAttempt.Value)} UTC.";
                return null;
            default:
                return opinion.AuditingEnabled == false ? false : null;
        }
    }

    private static string Clause(string text) => text.TrimEnd('.');

    private static string Join(params string[] sentences) => string.Join(' ', sentences.Where(sentence => sentence.Length > 0));
}
