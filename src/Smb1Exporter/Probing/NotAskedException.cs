namespace Smb1Exporter.Probing;

/// <summary>Why a question did not reach an SMB server, or was not answered.</summary>
internal enum NotAskedReason
{
    /// <summary>There is no connection to it.</summary>
    NotConnected,

    /// <summary>It ended the connection without an answer, as a server does that has as many clients as it takes.</summary>
    Closed,

    /// <summary>It says nothing.</summary>
    Silent,

    /// <summary>It grants no session: under this name (port 139), or to our address.</summary>
    NoSession,

    /// <summary>What answers is no SMB server.</summary>
    NotSmb,

    /// <summary>An SMB server answered with an error that decides nothing.</summary>
    Undecided,
}

/// <summary>A question did not reach an SMB server, or no answer to it came: that says nothing of SMB1 nor of the audit.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">The same for people: a clause about the server without a full stop, such as "it closed the connection".</param>
internal sealed class NotAskedException(NotAskedReason reason, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public NotAskedReason Reason => reason;
}
