using System.Runtime.Versioning;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>Makes the Windows half of auditing: the event log source and the switch.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsAuditing
{
    /// <summary>Windows PowerShell 5.1, which is part of Windows, by its full path: nothing found on the way through PATH is ever run.</summary>
    public static string PowerShellPath => Path.Combine(Environment.SystemDirectory, "WindowsPowerShell", "v1.0", "powershell.exe");

    /// <summary>The driver that serves SMB1; srv2.sys beside it serves SMB2 and 3.</summary>
    public static string Smb1Driver => Path.Combine(Environment.SystemDirectory, "drivers", "srv.sys");

    /// <summary>The source of events 3000 and 1001; opens nothing before it is read.</summary>
    public static IAuditSource CreateSource(AuditingOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory) =>
        new WindowsEventLogSource(
            new WindowsEventChannel(SmbServerEvents.AuditChannel),
            new WindowsEventChannel(SmbServerEvents.OperationalChannel),
            options.PollInterval,
            timeProvider,
            loggerFactory.CreateLogger<WindowsEventLogSource>());

    /// <summary>The switch of AuditSmb1Access and of the Audit channel.</summary>
    public static SmbServerCmdlets CreateSwitch(IProcessRunner processRunner) =>
        new(processRunner, PowerShellPath, new WindowsEventChannel(SmbServerEvents.AuditChannel), Smb1Driver);
}
