using System.Net;

namespace Smb1Exporter.Probing;

/// <summary>How far a log-on of ours came.</summary>
internal enum LogOnAnswer
{
    /// <summary>No authentication answered it: that no record comes says nothing. One that comes proves all the same.</summary>
    NotAsked,

    /// <summary>The server's authentication answered it, however: a server that audits writes a record of it.</summary>
    Answered,

    /// <summary>The same, by SMB1: the server speaks nothing later.</summary>
    AnsweredBySmb1,
}

/// <summary>What came of a log-on of ours.</summary>
/// <param name="Answer">How far it came.</param>
/// <param name="Detail">The server's status, or why it was not answered: a clause.</param>
/// <param name="From">The addresses and ports that we came from, in order: records that name them are ours.</param>
/// <param name="Reason">Why it was not answered; null where it was.</param>
internal sealed record LogOnReply(LogOnAnswer Answer, string Detail, IReadOnlyList<IPEndPoint> From, NotAskedReason? Reason = null)
{
    /// <summary>Whether the server granted a session.</summary>
    public bool IsGranted { get; init; }
}
