namespace Smb1Exporter.Auditing.Windows;

/// <summary>What Get-SmbSession printed; nothing in it has been trusted yet.</summary>
/// <param name="Lines">A line for each session, see <see cref="SmbServerScript.GetWithSessions"/>.</param>
/// <param name="Count">How many it said there are; null where that is missing.</param>
/// <param name="Asked">When it was asked (UTC).</param>
/// <param name="Answered">When it had answered (UTC).</param>
internal sealed record SmbServerSessions(IReadOnlyList<string> Lines, int? Count, DateTimeOffset Asked, DateTimeOffset Answered);
