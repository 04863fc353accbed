using Smb1Exporter.Auditing;

namespace Smb1Exporter.Probing;

/// <summary>The SMB1 sessions that are open now.</summary>
/// <param name="Outcome">How the question ended.</param>
/// <param name="Smb1">A connection each; may hold some for <see cref="OpenSessionsOutcome.PartlyListed"/>, none for all that could not be asked.</param>
/// <param name="Detail">The same in a sentence, for people.</param>
internal sealed record OpenSessions(OpenSessionsOutcome Outcome, IReadOnlyList<OpenSession> Smb1, string Detail)
{
    /// <summary>Whether the list is complete: without it an empty one does not mean that no SMB1 session is open.</summary>
    public bool IsComplete => Outcome == OpenSessionsOutcome.Listed;
}
