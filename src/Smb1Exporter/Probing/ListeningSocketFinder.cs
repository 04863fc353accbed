using System.Net;

namespace Smb1Exporter.Probing;

/// <summary>Finds the sockets on which the SMB servers of this machine listen, by process, from Linux's own lists.</summary>
/// <param name="processes">The processes of this machine.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ListeningSocketFinder(ProcessList processes, TimeProvider timeProvider)
{
    /// <summary>SMB over TCP.</summary>
    public const int SmbPort = 445;

    /// <summary>SMB over NetBIOS.</summary>
    public const int NetBiosPort = 139;

    private const string Self = "self";
    private const int MostProcesses = 1000;
    private const int MostDescriptors = 100_000;

    // The lists of a machine with thousands of processes take a tenth of a second.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Looks now. Never throws but for cancellation.</summary>
    public Task<ListeningReport> FindAsync(CancellationToken cancellationToken) => Task.Run(() => Find(cancellationToken), cancellationToken);

    /// <inheritdoc cref="FindAsync"/>
    public ListeningReport Find(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || !processes.IsAvailable)
        {
            return NotKnown("Linux's list of processes (/proc) cannot be read.");
        }

        try
        {
            return FindIn(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return NotKnown(e.Message);
        }
    }

    private static ListeningReport NotKnown(string why) => new(ListeningCertainty.NotKnown, [], $"Where SMB servers listen cannot be determined: {why}");

    private ListeningReport FindIn(CancellationToken cancellationToken)
    {
        var doubts = new List<string>();

        // Descriptors first: a server that starts in between is then found as an unknown listener, and not missed.
        var holders = FindHolders(doubts, cancellationToken);
        var own = processes.NetworkNamespaceOf(Self);
        var namespaces = new Dictionary<string, NetworkNamespace>(StringComparer.Ordinal);
        if (own is null || !TryReadNamespace(own, Self, namespaces))
        {
            return NotKnown("the system's list of sockets (/proc/self/net/tcp) cannot be read.");
        }

        foreach (var holder in holders.Processes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!namespaces.ContainsKey(holder.Namespace))
            {
                _ = TryReadNamespace(holder.Namespace, ProcessList.Name(holder.Process.Id), namespaces);
            }
        }

        var sockets = namespaces
            .SelectMany(space => SocketsIn(space.Value, space.Key == own, holders.BySocket))
            .OrderBy(socket => socket.Access == ListeningSocketAccess.OtherNetworkNamespace)
            .ThenBy(socket => socket.Bound.Port)
            .ThenBy(socket => socket.Bound.Address.ToString(), StringComparer.Ordinal)
            .ToList();
        var certainty = namespaces.Values.Any(space => !space.IsComplete) ? ListeningCertainty.NotKnown
            : doubts.Count > 0 ? ListeningCertainty.ByPort
            : ListeningCertainty.ByProcess;
        return new ListeningReport(certainty, sockets, ListeningSentences.Of(certainty, sockets, doubts))
        {
            Servers = [.. sockets.SelectMany(socket => socket.ProcessIds).Distinct().Order().Select(ToServer)],
        };
    }

    private ListeningServer ToServer(int id)
    {
        var isForeign = processes.IsInContainer(id) || !processes.IsOfRoot(id);
        return new ListeningServer(id, isForeign ? null : processes.ConfigFileOf(id), isForeign);
    }

    /// <summary>The sockets that processes of Samba hold.</summary>
    private Holders FindHolders(List<string> doubts, CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetTimestamp();
        var holders = new Holders([], []);
        var samba = processes.FindSamba().ToList();
        var smbds = samba.Where(process => process.IsSmbd).Select(process => process.Id).ToHashSet();
        var (looked, denied) = (0, new List<int>());
        foreach (var process in samba)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // What smbd has started for a client, and its helpers, listen on nothing that it does not hold itself.
            if (processes.StatusOf(process.Id) is not { HasEnded: false } status || (process.IsSmbd && smbds.Contains(status.ParentId)))
            {
                continue;
            }

            if (++looked > MostProcesses || timeProvider.GetElapsedTime(begun) > Limit)
            {
                doubts.Add("there are too many processes of Samba to look at each");
                break;
            }

            if (processes.NetworkNamespaceOf(ProcessList.Name(process.Id)) is { } space
                && processes.SocketsOf(process.Id, MostDescriptors) is { } sockets)
            {
                holders.Add(process, space, sockets);
            }
            else if (processes.StatusOf(process.Id) is { HasEnded: false })
            {
                denied.Add(process.Id);
            }
        }

        AddDoubts(doubts, samba.Count > 0, denied);
        return holders;
    }

    private void AddDoubts(List<string> doubts, bool foundSamba, List<int> denied)
    {
        if (denied.Count > 0)
        {
            doubts.Add($"the sockets of smbd ({ListeningSentences.Processes(denied)}) may not be looked at; run smb1-exporter as root");
        }
        else if (!processes.ShowsOthers)
        {
            doubts.Add("this system hides other accounts' processes (hidepid); run smb1-exporter as root");
        }
        else if (!foundSamba && !processes.ShowsWholeMachine)
        {
            doubts.Add("smb1-exporter runs in a container and sees only the processes in it");
        }
    }

    private bool TryReadNamespace(string name, string process, Dictionary<string, NetworkNamespace> namespaces)
    {
        var rows = new List<ListeningRow>();
        var (found, complete) = (false, true);
        foreach (var table in new[] { "net/tcp", "net/tcp6" })
        {
            // A kernel without IPv6 has no tcp6.
            if (processes.Open(process, table) is { } file)
            {
                using (file)
                {
                    complete &= ListeningTable.Read(file, rows);
                    found = true;
                }
            }
        }

        if (found)
        {
            namespaces[name] = new NetworkNamespace(rows, complete, ReadAddresses(process));
        }

        return found;
    }

    private ListeningAddresses ReadAddresses(string process)
    {
        if (processes.Open(process, "net/if_inet6") is not { } file)
        {
            return new ListeningAddresses("");
        }

        using var reader = new StreamReader(file);
        return new ListeningAddresses(reader.ReadToEnd());
    }

    private static IEnumerable<ListeningSocket> SocketsIn(NetworkNamespace space, bool isOwn, Dictionary<ulong, List<SambaProcess>> holders)
    {
        foreach (var row in space.Rows)
        {
            var owners = holders.GetValueOrDefault(row.Inode, []);
            var serving = owners.Where(process => process.ServesSmbOn(row.Port)).Select(process => process.Id).Distinct().Order().ToList();
            if (serving.Count == 0 && row.Port is not (SmbPort or NetBiosPort))
            {
                continue;
            }

            var bound = new IPEndPoint(row.Address, row.Port);
            var takesIPv4 = !space.Rows.Any(other => other.Port == row.Port && other.Address.Equals(IPAddress.Any));
            yield return !isOwn ? new ListeningSocket(bound, ListeningSocketAccess.OtherNetworkNamespace, null, serving)
                : space.Addresses.AddressToAsk(row.Address, takesIPv4) is { } address
                    ? new ListeningSocket(bound, ListeningSocketAccess.Here, new IPEndPoint(address, row.Port), serving)
                    : new ListeningSocket(bound, ListeningSocketAccess.NoAddress, null, serving);
        }
    }

    private sealed record NetworkNamespace(List<ListeningRow> Rows, bool IsComplete, ListeningAddresses Addresses);

    private sealed record Holders(List<(SambaProcess Process, string Namespace)> Processes, Dictionary<ulong, List<SambaProcess>> BySocket)
    {
        public void Add(SambaProcess process, string space, IReadOnlyList<ulong> sockets)
        {
            Processes.Add((process, space));
            foreach (var socket in sockets)
            {
                if (!BySocket.TryGetValue(socket, out var holders))
                {
                    BySocket[socket] = holders = [];
                }

                holders.Add(process);
            }
        }
    }
}
