namespace Smb1Exporter.Auditing;

/// <summary>What the server itself answered, and not its configuration, when it was last asked.</summary>
/// <param name="Served">Whether it speaks SMB1: an SMB1-only negotiate.</param>
/// <param name="Audited">Whether a record of a log-on of our own came through the log that is read.</param>
/// <param name="Idle">Whether no SMB1 session is open: the list of open sessions.</param>
internal sealed record ServerProof(ProofResult Served, ProofResult Audited, ProofResult Idle)
{
    /// <summary>Before the first question.</summary>
    public static readonly ServerProof NotAskedYet = Of("it was not asked yet");

    /// <summary>Nobody asks, and the system's own word is believed.</summary>
    public static readonly ServerProof Belief = Of("the system's own settings are believed") with { IsBelief = true };

    /// <summary>Whether what the configuration says is believed where nothing is proved.</summary>
    public bool IsBelief { get; init; }

    /// <summary>The SMB1 sessions that were found open.</summary>
    public IReadOnlyList<OpenSession> OpenSessions { get; init; } = [];

    /// <summary>When it was asked, in hundredths of a second since the machine's start; null where that is not known.</summary>
    public long? Uptime { get; init; }

    /// <summary>Whether a list of open sessions could not be read to its end, so that an open one may be missing from it.</summary>
    public bool MayHideSessions { get; init; }

    /// <summary>Why sessions of some clients may leave no record although our own do: sentences; empty where nothing was found.</summary>
    public string Unseen { get; init; } = "";

    /// <summary>Nothing could be asked.</summary>
    /// <param name="why">Why: a clause.</param>
    public static ServerProof Of(string why)
    {
        var result = new ProofResult(null, null, why);
        return new ServerProof(result, result, result);
    }
}

/// <summary>The answer to one question.</summary>
/// <param name="Answer">Yes or no; null where it could not be asked.</param>
/// <param name="Time">When it was last answered by yes or no; null where it never was.</param>
/// <param name="Detail">What was asked and answered, or why it could not be asked: a clause.</param>
internal sealed record ProofResult(bool? Answer, DateTimeOffset? Time, string Detail);
