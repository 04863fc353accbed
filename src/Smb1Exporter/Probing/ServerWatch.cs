using System.Globalization;

namespace Smb1Exporter.Probing;

/// <summary>Notices that an SMB server was started or ended, or that a file of its configuration was written.</summary>
/// <param name="servers">Finds the servers.</param>
/// <param name="processes">The processes of this machine.</param>
/// <param name="configuration">What changes with the files of the configuration.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ServerWatch(ServersToAsk servers, ProcessList processes, Func<CancellationToken, Task<string>> configuration, TimeProvider timeProvider)
{
    /// <summary>Finding all listeners takes several milliseconds: between two such looks only the known processes are looked at.</summary>
    private static readonly TimeSpan FindEvery = TimeSpan.FromMinutes(1);

    private IReadOnlyList<int> _known = [];
    private string _processes = "";
    private string _sockets = "";
    private long? _found;

    /// <summary>What there is now.</summary>
    public async Task<string> GetStampAsync(CancellationToken cancellationToken)
    {
        var now = Stamp(_known);
        if (_found is not { } found || now != _processes || timeProvider.GetElapsedTime(found) >= FindEvery)
        {
            var report = await servers.FindAsync(cancellationToken);
            _known = [.. report.Servers.Select(server => server.ProcessId)];
            _processes = Stamp(_known);
            _sockets = string.Join(' ', report.Sockets.Select(socket => $"{socket.Bound}/{string.Join(',', socket.ProcessIds)}"));
            _found = timeProvider.GetTimestamp();
        }

        return $"{_processes}|{_sockets}|{await configuration(cancellationToken)}";
    }

    private string Stamp(IReadOnlyList<int> ids) =>
        string.Join(' ', ids.Select(id => string.Create(CultureInfo.InvariantCulture, $"{id}/{processes.StatusOf(id)?.Started ?? 0}")));
}
