using System.Net;

namespace Smb1Exporter.Probing;

/// <summary>A socket on which an SMB server of this machine waits for connections.</summary>
/// <param name="Bound">What it is bound to: an address of this machine, or the unspecified one (0.0.0.0, ::) for all of them.</param>
/// <param name="Access">Whether it can be connected to from here.</param>
/// <param name="Ask">Where to connect to, with the scope of a link-local address; null where <paramref name="Access"/> says that it cannot be.</param>
/// <param name="ProcessIds">
/// The processes of Samba that hold it, in ascending order; smbd's children are left out. Empty for a listener on port 445 or 139 that none of them is
/// known to hold: another program, the kernel (ksmbd), or one that could not be looked at.
/// </param>
internal sealed record ListeningSocket(IPEndPoint Bound, ListeningSocketAccess Access, IPEndPoint? Ask, IReadOnlyList<int> ProcessIds)
{
    /// <summary>Whether a process of Samba is known to hold it.</summary>
    public bool HasKnownOwner => ProcessIds.Count > 0;
}
