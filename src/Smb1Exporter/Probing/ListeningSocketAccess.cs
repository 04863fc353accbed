namespace Smb1Exporter.Probing;

/// <summary>Whether a listening socket can be connected to from here.</summary>
internal enum ListeningSocketAccess
{
    /// <summary>It can, at <see cref="ListeningSocket.Ask"/>.</summary>
    Here,

    /// <summary>It cannot: it is in another network namespace, as that of a container.</summary>
    OtherNetworkNamespace,

    /// <summary>It cannot: it waits for IPv6 connections, and this machine has no IPv6 address. No client reaches it either.</summary>
    NoAddress,
}
