using System.Globalization;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>What keeps a channel from being read, in words with the remedy.</summary>
internal static class ChannelProblem
{
    /// <summary>The problem that a state is; null for a channel that records, or whose state could not be told.</summary>
    public static AuditSourceException? Of(string channel, ChannelState state) => state.Status switch
    {
        ChannelStatus.Disabled => Disabled(channel),
        ChannelStatus.Absent => Absent(channel),
        ChannelStatus.AccessDenied => AccessDenied(channel),
        _ => null,
    };

    public static AuditSourceException Disabled(string channel) => new(
        ReadErrorReason.NotFound,
        $"The event log channel {channel} is disabled, so nothing is recorded in it. Run wevtutil sl \"{channel}\" /e:true to enable it.");

    public static AuditSourceException Absent(string channel, Exception? cause = null) => new(
        ReadErrorReason.NotFound,
        $"This Windows has no event log channel {channel}. Windows 10, Windows Server 2016 and later have it; look for it with"
        + $" wevtutil gl \"{channel}\", and repair Windows (sfc /scannow) if it should be there.",
        cause);

    public static AuditSourceException AccessDenied(string channel, Exception? cause = null) => new(
        ReadErrorReason.AccessDenied,
        $"This account may not read the event log channel {channel}. Run the service as LocalSystem, run the program as an administrator,"
        + " or add the account to the group Event Log Readers (S-1-5-32-573).",
        cause);

    public static AuditSourceException Unreadable(string channel, Exception cause) => new(
        ReadErrorReason.Io,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The event log channel {channel} cannot be read (error 0x{cause.HResult:x8}: {cause.Message.Trim().TrimEnd('.')})."
            + $" See that the service EventLog runs (sc.exe query eventlog) and that wevtutil qe \"{channel}\" /c:1 prints an event;"
            + $" if the log file is damaged, wevtutil cl \"{channel}\" clears it."),
        cause);
}
