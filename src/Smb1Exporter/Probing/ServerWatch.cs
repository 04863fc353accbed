using System.Globalization;
using Smb1Exporter.Auditing.Samba.Configuration;

namespace Smb1Exporter.Probing;

/// <summary>Notices that an SMB server was started or ended, or that a file of its configuration was written.</summary>
/// <param name="servers">Finds the servers.</param>
/// <param name="processes">The processes of this machine.</param>
/// <param name="fingerprints">What changes with the files of a configuration.</param>
/// <param name="configFile">The smb.conf of an smbd that names none on its command line.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ServerWatch(
    ServersToAsk servers, ProcessList processes, ConfigurationFingerprints fingerprints, string configFile, TimeProvider timeProvider)
{
    /// <summary>Finding all listeners takes several milliseconds: between two such looks only the known processes are looked at.</summary>
    private static readonly TimeSpan FindEvery = TimeSpan.FromMinutes(1);

    private const int MostConfigurations = 8;

    private IReadOnlyList<string> _files = [configFile];
    private IReadOnlyList<int> _known = [];
    private string _processes = "";
    private string _sockets = "";
    private long? _found;

    /// <summary>What there was at the last look; may be asked for from any thread.</summary>
    public string Last { get; private set; } = "";

    /// <summary>What there is now.</summary>
    public async Task<string> GetStampAsync(CancellationToken cancellationToken)
    {
        var now = Stamp(_known);
        if (_found is not { } found || now != _processes || timeProvider.GetElapsedTime(found) >= FindEvery)
        {
            var report = await servers.FindAsync(cancellationToken);
            _known = [.. report.Servers.Select(server => server.ProcessId)];
            _files = [.. report.Servers.Where(server => !server.IsForeign).Select(server => server.ConfigFile).OfType<string>().Append(configFile).Distinct().Take(MostConfigurations)];
            _processes = Stamp(_known);
            _sockets = string.Join(' ', report.Sockets.Select(socket => $"{socket.Bound}/{string.Join(',', socket.ProcessIds)}"));
            _found = timeProvider.GetTimestamp();
        }

        var stamp = new List<string> { _processes, _sockets };
        foreach (var file in _files)
        {
            stamp.Add(await fingerprints.OfAsync(file, cancellationToken));
        }

        Last = string.Join('|', stamp);
        return Last;
    }

    private string Stamp(IReadOnlyList<int> ids) =>
        string.Join(' ', ids.Select(id => string.Create(CultureInfo.InvariantCulture, $"{id}/{processes.StatusOf(id)?.Started ?? 0}")));
}
