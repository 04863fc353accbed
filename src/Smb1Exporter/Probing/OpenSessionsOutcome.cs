namespace Smb1Exporter.Probing;

/// <summary>How the question for open SMB1 sessions ended. Only <see cref="Listed"/> can mean that there are none.</summary>
internal enum OpenSessionsOutcome
{
    /// <summary>All open sessions were listed; the SMB1 ones are known.</summary>
    Listed,

    /// <summary>The list is known to be incomplete, or holds sessions that could not be understood: the SMB1 sessions found are there, others may be missing.</summary>
    PartlyListed,

    /// <summary>Could not be asked: only root may, or on Windows only administrators.</summary>
    NotPermitted,

    /// <summary>
    /// Could not be asked: there is no smbstatus that writes JSON (Samba before 4.17, or built without it), or no Get-SmbSession on this Windows.
    /// </summary>
    NotSupported,

    /// <summary>Could not be asked: smbstatus or Get-SmbSession failed, did not end in time, or answered what cannot be read.</summary>
    Failed,
}
