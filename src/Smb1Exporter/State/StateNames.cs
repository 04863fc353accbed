using System.Globalization;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.State;

/// <summary>Names in the table <c>state</c>.</summary>
internal static class StateNames
{
    /// <summary>When counting into this file began.</summary>
    public const string Begun = "begun";

    /// <summary>For how long the server was watched without a gap, in microseconds.</summary>
    public const string Covered = "covered";

    /// <summary>The part of <see cref="Covered"/> since the last attempt, in microseconds.</summary>
    public const string Quiet = "quiet";

    /// <summary>Until when somebody watched, by the wall clock.</summary>
    public const string WatchedUntil = "watched_until";

    /// <summary>Older records are not counted; absent once the source has caught up.</summary>
    public const string NotBefore = "not_before";

    /// <summary>Time of the latest counted record.</summary>
    public const string LatestRecord = "latest_record";

    /// <summary>Time of the last attempt that counts for the verdict; absent when there was none. Outlives its client.</summary>
    public const string LastAttempt = "last_attempt";

    /// <summary>Why auditing could not be switched on when that was last tried; absent while it is on.</summary>
    public const string AuditingFailure = "auditing_failure";

    /// <summary>The open SMB1 sessions that are counted or known to be, by their keys, one a line.</summary>
    public const string KnownSessions = "known_sessions";

    /// <summary>A random number that names this installation.</summary>
    public const string Installation = "installation";

    /// <summary>The machine to which the counts belong; absent where it cannot be told.</summary>
    public const string Machine = "machine";

    /// <summary>How often the file was written.</summary>
    public const string Commits = "commits";

    /// <summary>One value of what the exporter says of itself; see <see cref="ExporterRecord"/>.</summary>
    public static string Exporter(string name) => $"exporter/{name}";

    /// <summary>The stored name of an audit log; does not change with the code.</summary>
    public static string Of(AuditSourceKind source) => source switch
    {
        AuditSourceKind.Samba => "Samba",
        AuditSourceKind.WindowsEventLog => "WindowsEventLog",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "Not a log that is read."),
    };

    /// <summary>The audit log of a stored name; null where this version knows none.</summary>
    public static AuditSourceKind? SourceOf(string name) => name switch
    {
        "Samba" => AuditSourceKind.Samba,
        "WindowsEventLog" => AuditSourceKind.WindowsEventLog,
        _ => null,
    };

    /// <summary>A stored time; null where it is none.</summary>
    internal static DateTimeOffset? TimeOf(string? value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && StateTime.IsTime(number)
            ? StateTime.FromMicroseconds(number)
            : null;
}

/// <summary>Names in the table <c>counter</c>.</summary>
internal static class CounterNames
{
    public const string Excluded = "excluded";
    public const string Rejected = "rejected";
    public const string Gaps = "gaps";

    /// <summary>The counter of a kind of read errors.</summary>
    public static string Of(ReadErrorReason reason) => $"read_errors/{ReadErrorLabel.Of(reason)}";
}
