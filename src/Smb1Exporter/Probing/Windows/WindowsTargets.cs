using System.Net;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Probing.Windows;

/// <summary>
/// Where the SMB server of a Windows machine is asked. SMB1 is a setting of the machine (EnableSMB1Protocol), not of an address or a name: the names of a
/// cluster that it holds lead to the same server, and those that another node holds are that node's to ask. Port 139 leads to it, too.
/// </summary>
internal static class WindowsTargets
{
    private const int SmbPort = 445;

    /// <summary>
    /// The machine itself, asked from an address of ours alone, another one each time: its event is told from a client's by that address (see
    /// <see cref="OwnSource"/>), which is to be stored before the connection is made. An address of the network cannot be asked so, since connections to it
    /// come from an address that other programs have, too.
    /// </summary>
    public static ProbeTarget NewTarget() => new(new IPEndPoint(IPAddress.Loopback, SmbPort)) { Source = OwnSource.New() };
}
