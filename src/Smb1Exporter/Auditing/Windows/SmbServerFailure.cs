namespace Smb1Exporter.Auditing.Windows;

/// <summary>Why the SMB server's cmdlets could not answer.</summary>
internal enum SmbServerFailureKind
{
    /// <summary>They failed, hung, or answered what cannot be understood.</summary>
    Failed,

    /// <summary>They did not end within the time limit.</summary>
    TimedOut,

    /// <summary>This account or a policy forbids it.</summary>
    NotPermitted,

    /// <summary>This Windows does not have them (before Windows 8 and Windows Server 2012), or cannot load them.</summary>
    NotSupported,
}

/// <summary>That the SMB server's cmdlets could not answer; nothing is known then.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Message">The same for people, with the remedy, as sentences.</param>
internal sealed record SmbServerFailure(SmbServerFailureKind Kind, string Message);
