namespace Smb1Exporter.Probing;

/// <summary>An smbd that listens; each has sessions, locks and perhaps a configuration of its own.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="ConfigFile">The smb.conf that it was started with (option -s); null for the one that it was built with.</param>
/// <param name="IsInContainer">Whether it runs in a container, where paths lead to other files: smbstatus does not reach its list of sessions.</param>
internal sealed record ListeningServer(int ProcessId, string? ConfigFile, bool IsInContainer);
