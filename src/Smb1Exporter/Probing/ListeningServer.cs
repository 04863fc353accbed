namespace Smb1Exporter.Probing;

/// <summary>An smbd that listens; each has sessions, locks and perhaps a configuration of its own.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="ConfigFile">
/// The smb.conf that it was started with (option -s); null for the one that it was built with, and for a foreign one.
/// </param>
/// <param name="IsForeign">
/// Whether it runs in a container, where paths lead to other files, or was started by another account than root, whose files are not for programs that
/// root runs: smbstatus cannot be asked for its sessions.
/// </param>
internal sealed record ListeningServer(int ProcessId, string? ConfigFile, bool IsForeign);
