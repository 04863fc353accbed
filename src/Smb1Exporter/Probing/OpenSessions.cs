using Smb1Exporter.Auditing;

namespace Smb1Exporter.Probing;

/// <summary>The SMB1 sessions that are open now.</summary>
/// <param name="Outcome">How the question ended.</param>
/// <param name="Smb1">A connection each; may hold some for <see cref="OpenSessionsOutcome.PartlyListed"/>, none for all that could not be asked.</param>
/// <param name="Detail">The same in a sentence, for people.</param>
internal sealed record OpenSessions(OpenSessionsOutcome Outcome, IReadOnlyList<OpenSession> Smb1, string Detail)
{
    private const int ShownClients = 5;

    /// <summary>Whether the list should have been complete and is not, so that an open session may be missing from it this time.</summary>
    public bool MayHide => Outcome is OpenSessionsOutcome.Failed or OpenSessionsOutcome.PartlyListed;

    /// <summary>Whether the list is complete: without it an empty one does not mean that no SMB1 session is open.</summary>
    public bool IsComplete => Outcome == OpenSessionsOutcome.Listed;

    /// <summary>What was listed of this machine.</summary>
    /// <param name="sessions">The SMB1 connections.</param>
    /// <param name="doubts">Why others may be missing: sentences; none where the list is complete.</param>
    /// <param name="elsewhere">How many SMB1 connections other nodes of a cluster have.</param>
    public static OpenSessions Of(IReadOnlyList<OpenSession> sessions, IReadOnlyCollection<string> doubts, int elsewhere)
    {
        var outcome = doubts.Count == 0 ? OpenSessionsOutcome.Listed : OpenSessionsOutcome.PartlyListed;
        var summary = sessions.Count > 0 ? Wording.Sentence(ClientsOf(sessions))
            : outcome == OpenSessionsOutcome.Listed ? "No SMB1 session is open."
            : "No SMB1 session was found among the open ones.";
        string[] further = elsewhere == 0 ? [] : [$"SMB1 sessions on other nodes of the cluster: {elsewhere}; the exporters there report them."];
        return new OpenSessions(outcome, sessions, string.Join(' ', [summary, .. further, .. doubts]));
    }

    /// <summary>Who has a session open: a clause.</summary>
    public static string ClientsOf(IEnumerable<OpenSession> sessions) =>
        $"clients with an open SMB1 session: {Wording.Listed([.. sessions.Select(session => session.ShownClient).Distinct()], ShownClients)}";

    /// <summary>The doubt that sessions of unknown dialects leave; none where there are none.</summary>
    public static IEnumerable<string> DoubtsOfDialects(IReadOnlyList<string?> unknown) =>
        unknown.Count == 0 ? [] : [$"Sessions whose dialect is not known: {unknown.Count} (such as {Excerpt.Of(unknown[0])})."];
}
