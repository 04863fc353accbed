using Smb1Exporter.Auditing;

namespace Smb1Exporter.Probing;

/// <summary>What the lists of open sessions say.</summary>
/// <param name="Result">Whether no SMB1 session is open.</param>
/// <param name="Sessions">Those that are.</param>
/// <param name="MayHide">Whether a list could not be read to its end this time, so that an open session may be missing from it.</param>
internal sealed record IdleAnswer(ProofResult Result, IReadOnlyList<OpenSession> Sessions, bool MayHide);

/// <summary>Asks each smbd for its open SMB1 sessions.</summary>
/// <param name="readerOf">Reads the list of the smbd with an smb.conf.</param>
/// <param name="configFile">The smb.conf of an smbd that names none on its command line.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class IdleQuestion(Func<string, OpenSessionReader> readerOf, string configFile, TimeProvider timeProvider)
{
    private const int MostServers = 8;

    /// <summary>Asks them one after the other.</summary>
    public async Task<IdleAnswer> AskAsync(IReadOnlyList<ListeningServer> servers, CancellationToken cancellationToken)
    {
        var own = servers.Where(server => !server.IsForeign).Select(server => server.ConfigFile ?? configFile).Distinct(StringComparer.Ordinal).ToList();
        var (sessions, whys, mayHide) = (new List<OpenSession>(), new List<string>(), own.Count > MostServers);
        foreach (var file in own.Take(MostServers))
        {
            var list = await readerOf(file).ReadAsync(cancellationToken);
            sessions.AddRange(list.Smb1);
            mayHide |= list.MayHide;
            if (!list.IsComplete)
            {
                whys.Add(list.Detail.TrimEnd('.'));
            }
        }

        if (servers.Any(server => server.IsForeign))
        {
            whys.Add("open SMB1 sessions of an smbd that runs in a container, or under another account than root, cannot be listed from here");
        }
        else if (servers.Count == 0)
        {
            whys.Add("no process of smbd was found whose open sessions could be listed");
        }

        return new IdleAnswer(Conclude(sessions, whys), sessions, mayHide);
    }

    private ProofResult Conclude(List<OpenSession> sessions, List<string> whys) => (sessions.Count, whys.Count) switch
    {
        ( > 0, _) => new ProofResult(false, timeProvider.GetUtcNow(), OpenSessions.ClientsOf(sessions)),
        (_, 0) => new ProofResult(true, timeProvider.GetUtcNow(), "no SMB1 session is open (smbstatus)"),
        _ => new ProofResult(null, null, string.Join("; ", whys)),
    };
}
