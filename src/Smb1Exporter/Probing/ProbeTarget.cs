using System.Net;
using Smb1Exporter.Probing.Wire;

namespace Smb1Exporter.Probing;

/// <summary>Where an SMB server of this machine is asked.</summary>
/// <param name="EndPoint">A local address and port.</param>
/// <param name="CalledName">The NetBIOS name by which it is called; null for its own. A server may serve SMB1 under one of its names alone, and only on port 139.</param>
internal sealed record ProbeTarget(IPEndPoint EndPoint, string? CalledName = null)
{
    /// <summary>The local address from which it is asked; null for the one that the system's routes say.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Whether a session has to be requested first.</summary>
    public bool NeedsSession => CalledName is not null || EndPoint.Port == NetBios.SessionPort;

    /// <inheritdoc />
    public override string ToString() => CalledName is null ? $"{EndPoint}" : $"{EndPoint} as {CalledName}";
}
