namespace Smb1Exporter.Probing;

/// <summary>How certain it is that a list of listening sockets holds all of the SMB servers of this machine.</summary>
internal enum ListeningCertainty
{
    /// <summary>Every process of an SMB server was looked at: the list holds what they listen on.</summary>
    ByProcess,

    /// <summary>
    /// Some or all of the processes could not be looked at: the list holds at least the listeners on ports 445 and 139 of our own network namespace.
    /// An SMB server on another port may be missing.
    /// </summary>
    ByPort,

    /// <summary>The system's lists could not be read, or not to their end: what was found is there, and any other socket may be missing.</summary>
    NotKnown,
}
