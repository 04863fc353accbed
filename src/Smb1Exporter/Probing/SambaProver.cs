using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.Files;

namespace Smb1Exporter.Probing;

/// <summary>Asks Samba's servers on this machine: over the wire whether they serve SMB1 and record it, and smbstatus who is connected.</summary>
internal sealed class SambaProver : IServerProver
{
    /// <summary>So many servers are logged on to.</summary>
    private const int MostServers = 8;

    /// <summary>A name that is not ASCII is tried this often: with <c>%m</c> in the log's name it makes a file of its own.</summary>
    private static readonly TimeSpan AskForNamesEvery = TimeSpan.FromHours(6);

    private readonly ProcessList _list = new();
    private readonly ServersToAsk _servers;
    private readonly ServedQuestion _served;
    private readonly AuditedQuestion _audited;
    private readonly AuditedQuestion _others;
    private readonly IdleQuestion _idle;
    private readonly ServerWatch _watch;
    private readonly IProcessRunner _processes;
    private readonly string _configFile;
    private readonly bool _named;
    private readonly TimeProvider _timeProvider;
    private (long At, string Servers, bool Lose)? _names;

    /// <param name="options">Where the servers are, and the smb.conf of ours.</param>
    /// <param name="own">Tells which records of our own were read.</param>
    /// <param name="processes">Runs Samba's programs.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="mayUseSmb1">Whether it may log on by SMB1, of which whoever counts has to know.</param>
    public SambaProver(SambaOptions options, OwnConnections own, IProcessRunner processes, TimeProvider timeProvider, bool mayUseSmb1)
    {
        ArgumentNullException.ThrowIfNull(options);
        var probe = new SmbProbe(timeProvider);
        _servers = new ServersToAsk(new ListeningSocketFinder(_list, timeProvider), ServerAddresses.Parse(options.Servers));
        _served = new ServedQuestion(probe, timeProvider);
        _audited = new AuditedQuestion(probe, own, timeProvider, mayUseSmb1);
        _others = new AuditedQuestion(probe, own, timeProvider, mayUseSmb1: false);
        _named = options.Servers.Count > 0;
        _idle = new IdleQuestion(file => new OpenSessionReader(processes, _list, timeProvider, file), options.ConfigFile, timeProvider);
        _watch = new ServerWatch(_servers, _list, new ConfigurationFingerprints(timeProvider), options.ConfigFile, timeProvider);
        (_processes, _configFile, _timeProvider) = (processes, options.ConfigFile, timeProvider);
    }

    /// <inheritdoc />
    public bool Asks => true;

    /// <inheritdoc />
    public async Task<ServerProof> ProveAsync(Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        var uptime = _list.Uptime;
        var report = await _servers.FindAsync(cancellationToken);
        var asked = await _served.AskAsync(report.Sockets, await FindNamesAsync(report, cancellationToken), cancellationToken);
        var served = _served.Conclude(report, asked);
        var (ours, others) = Divide(report, asked);
        var audited = await ProveAuditAsync(served, ours, beforeConnecting, cancellationToken);
        var unseen = audited.Answer == true ? await FindUnseenAsync(ours, others, beforeConnecting, cancellationToken) : "";
        var idle = await _idle.AskAsync([.. report.Servers.Where(server => ours.Any(socket => socket.Socket.ProcessIds.Contains(server.ProcessId)))], cancellationToken);
        return new ServerProof(served, audited, idle.Result)
        {
            OpenSessions = idle.Sessions,
            MayHideSessions = idle.MayHide,
            Unseen = unseen,
            Uptime = uptime is { } seconds ? (long)(seconds * 100) : null,
        };
    }

    /// <inheritdoc />
    public Task<string> GetStampAsync(CancellationToken cancellationToken) => _watch.GetStampAsync(cancellationToken);

    /// <summary>
    /// The servers whose log is read, and others with a configuration of their own. Where it is not known which runs with our smb.conf, all are ours.
    /// </summary>
    private (List<ServedSocket> Ours, List<ServedSocket> Others) Divide(ListeningReport report, IReadOnlyList<ServedSocket> asked)
    {
        var others = _named ? [] : report.Servers.Where(server => !server.IsForeign && !IsOurs(server)).Select(server => server.ProcessId).ToHashSet();
        var hasOurs = report.Servers.Any(server => !server.IsForeign && IsOurs(server));
        return hasOurs && others.Count > 0
            ? ([.. asked.Where(socket => !IsOf(socket, others))], [.. asked.Where(socket => IsOf(socket, others))])
            : ([.. asked], []);

        static bool IsOf(ServedSocket socket, HashSet<int> processes) => socket.Socket.HasKnownOwner && socket.Socket.ProcessIds.All(processes.Contains);
    }

    private bool IsOurs(ListeningServer server)
    {
        var file = server.ConfigFile ?? SambaOptions.DefaultConfigFile;
        return file == _configFile
            || (FileStatusReader.Find(file)?.Identity is { } identity && FileStatusReader.Find(_configFile)?.Identity == identity);
    }

    /// <summary>Each server that serves SMB1 has to record it into the log that is read; where none serves it, any server.</summary>
    private async Task<ProofResult> ProveAuditAsync(
        ProofResult served, IReadOnlyList<ServedSocket> asked, Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        var answering = asked.Where(socket => socket.Reply.Answer != ServedAnswer.NotAsked).ToList();
        var servers = Serving(asked) is { Count: > 0 } serving ? serving : [.. answering.DistinctBy(KeyOf)];
        if (servers.Count == 0)
        {
            return new ProofResult(null, null, served.Answer is null ? served.Detail : "the server whose log is read could not be asked");
        }

        if (servers.Count > MostServers)
        {
            return new ProofResult(null, null, $"there are {servers.Count} servers, and no more than {MostServers} are asked");
        }

        var results = new List<ProofResult>();
        foreach (var server in servers)
        {
            results.Add(await _audited.AskAsync(server.Target!, server.Socket.HasKnownOwner, beforeConnecting, cancellationToken));
        }

        return results.Find(result => result.Answer == false) ?? results.Find(result => result.Answer is null) ?? results[0];
    }

    private static List<ServedSocket> Serving(IEnumerable<ServedSocket> asked) =>
        [.. asked.Where(socket => socket.Reply.Answer == ServedAnswer.Served).DistinctBy(KeyOf)];

    private static string KeyOf(ServedSocket server) =>
        server.Socket.HasKnownOwner ? string.Join(' ', server.Socket.ProcessIds) : server.Socket.Bound.ToString();

    private async Task<string> FindUnseenAsync(
        List<ServedSocket> ours, List<ServedSocket> others, Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        var which = _watch.Last;
        if (_names is not { } known || known.Servers != which || _timeProvider.GetElapsedTime(known.At) >= AskForNamesEvery)
        {
            var loses = false;
            foreach (var server in Serving(ours))
            {
                loses |= await _audited.LosesNamesAsync(server.Target!, beforeConnecting, cancellationToken) == true;
            }

            _names = (_timeProvider.GetTimestamp(), which, loses);
        }

        var unseen = new List<string>();
        if (_names.Value.Lose)
        {
            unseen.Add(
                "The record of a log-on of our own with a letter beyond ASCII in its name did not arrive: smbd writes no record whose names are not UTF-8. "
                + "Set \"unix charset = UTF-8\" in smb.conf (names of existing files may have to be converted).");
        }

        foreach (var server in Serving(others).Take(MostServers))
        {
            var result = await _others.AskAsync(server.Target!, isCertainlyReached: true, beforeConnecting, cancellationToken);
            if (result.Answer != true)
            {
                unseen.Add(
                    $"Another smbd of this machine ({ListeningSentences.Processes(server.Socket.ProcessIds)}), which does not run with {_configFile}, serves SMB1 on "
                    + $"{server.Target}, and its sessions are not in the log that is read: {result.Detail}. Switch SMB1 off there, have it write its audit into the "
                    + "same log, or, if it has an exporter of its own, name the servers of this one in Exporter:Samba:Servers.");
            }
        }

        return string.Join(' ', unseen);
    }

    /// <summary>The other names of a server on port 139: it may serve SMB1 under one of them alone (include = …%L).</summary>
    private async Task<IReadOnlyList<string>> FindNamesAsync(ListeningReport report, CancellationToken cancellationToken)
    {
        const int MostNames = 16;
        if (!report.Sockets.Any(socket => socket.Ask?.Port == ListeningSocketFinder.NetBiosPort))
        {
            return [];
        }

        var file = report.Servers.FirstOrDefault(server => !server.IsForeign)?.ConfigFile ?? _configFile;
        var (aliases, _) = await new SambaTools(_processes, file).GetParameterAsync("netbios aliases", cancellationToken);
        return [.. (aliases ?? "").Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries).Take(MostNames)];
    }
}
