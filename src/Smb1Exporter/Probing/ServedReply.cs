namespace Smb1Exporter.Probing;

/// <summary>Whether a server chose a dialect of SMB1 where nothing else was offered.</summary>
internal enum ServedAnswer
{
    /// <summary>Nobody answered the question: that says nothing.</summary>
    NotAsked,

    /// <summary>It wants none of them.</summary>
    Refused,

    /// <summary>It chose one.</summary>
    Served,
}

/// <summary>What a server says when it is asked for SMB1.</summary>
/// <param name="Answer">Yes, no, or that nothing is known.</param>
/// <param name="Detail">The dialect it chose; "" where it refused; why it could not be asked: a clause.</param>
/// <param name="Reason">Why it could not be asked; null where it was.</param>
internal sealed record ServedReply(ServedAnswer Answer, string Detail, NotAskedReason? Reason = null);
