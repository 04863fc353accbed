using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Probing.Windows;

/// <summary>
/// Makes of what Get-SmbSession printed the SMB1 sessions that are open. Pure. Unverified on a real Windows; documented are the properties of
/// MSFT_SmbSession, and administrators list SMB1 by <c>Dialect -lt 2</c>.
/// </summary>
internal static class SessionList
{
    /// <summary>What a look at the SMB server says of open SMB1 sessions.</summary>
    /// <param name="look">The look, with sessions asked for.</param>
    /// <param name="machine">The name of this machine.</param>
    /// <param name="storedKeys">The keys of the sessions that were known before; see <see cref="SessionMark"/>.</param>
    public static OpenSessions Of(SmbServerLook look, string machine, IReadOnlyCollection<string> storedKeys)
    {
        ArgumentNullException.ThrowIfNull(look);
        return look.Sessions is { } sessions ? OfSessions(sessions, machine, storedKeys) : new OpenSessions(
            look.Failure?.Kind switch
            {
                SmbServerFailureKind.NotPermitted => OpenSessionsOutcome.NotPermitted,
                SmbServerFailureKind.NotSupported => OpenSessionsOutcome.NotSupported,
                _ => OpenSessionsOutcome.Failed,
            },
            [],
            $"Open SMB1 sessions cannot be determined: {look.Failure?.Message ?? "they were not asked for."}");
    }

    private static OpenSessions OfSessions(SmbServerSessions sessions, string machine, IReadOnlyCollection<string> storedKeys)
    {
        var lines = sessions.Lines.Select(SessionLine.Parse).ToList();
        var entries = lines.OfType<SessionLine>().ToList();
        var smb1 = entries.Where(entry => entry.IsSmb1 == true).ToList();
        var elsewhere = smb1.Count(entry => entry.IsElsewhere(machine));
        var here = smb1.Where(entry => !entry.IsElsewhere(machine))
            .Select(entry => ToSession(entry, sessions, storedKeys))
            .DistinctBy(session => session.Key)
            .OrderBy(session => session.Begin ?? DateTimeOffset.MinValue)
            .ToList();
        var doubts = FindDoubts(sessions, lines, entries).ToList();
        return OpenSessions.Of(here, doubts, elsewhere);
    }

    private static OpenSession ToSession(SessionLine entry, SmbServerSessions sessions, IReadOnlyCollection<string> storedKeys)
    {
        // Windows looked at some time in between; and it tells whole seconds.
        var seen = sessions.Asked + ((sessions.Answered - sessions.Asked) / 2);
        DateTimeOffset? begin = entry.Age is { } age && age < seen - DateTimeOffset.UnixEpoch
            ? DateTimeOffset.FromUnixTimeSeconds((seen - age).ToUnixTimeSeconds())
            : null;
        var mark = new SessionMark(entry.Id, begin, $"{entry.Instance},{entry.Node},{entry.Scope}", entry.Client).OrKnown(storedKeys);
        return new OpenSession(entry.Client.Length > EventXmlParser.MaxClientCharacters ? "" : entry.Client, null, mark.ToString(), null, null, mark.Begin);
    }

    private static IEnumerable<string> FindDoubts(SmbServerSessions sessions, List<SessionLine?> lines, List<SessionLine> entries)
    {
        if (sessions.Count != lines.Count)
        {
            yield return $"The list is incomplete: {lines.Count} of {(sessions.Count is { } count ? count : "an unknown number of")} sessions were printed.";
        }

        if (lines.Count > entries.Count)
        {
            yield return $"Sessions that could not be read: {lines.Count - entries.Count} (such as {Excerpt.Of(sessions.Lines.First(line => SessionLine.Parse(line) is null))}).";
        }

        foreach (var doubt in OpenSessions.DoubtsOfDialects([.. entries.Where(entry => entry.IsSmb1 is null).Select(entry => entry.Dialect)]))
        {
            yield return doubt;
        }
    }
}
