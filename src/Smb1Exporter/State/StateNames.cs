namespace Smb1Exporter.State;

/// <summary>Names in the table <c>state</c>.</summary>
internal static class StateNames
{
    /// <summary>Start of the covered stretch; absent while nothing is covered.</summary>
    public const string CoveredSince = "covered_since";

    /// <summary>Older records are not counted; absent once the source has caught up.</summary>
    public const string NotBefore = "not_before";

    /// <summary>Time of the latest counted record.</summary>
    public const string LatestRecord = "latest_record";

    /// <summary>Time of the last attempt that counts for the verdict; absent when there was none. Outlives its client.</summary>
    public const string LastAttempt = "last_attempt";

    /// <summary>Why auditing could not be switched on when that was last tried; absent while it is on.</summary>
    public const string AuditingFailure = "auditing_failure";

    /// <summary>One value of what the exporter says of itself; see <see cref="ExporterRecord"/>.</summary>
    public static string Exporter(string name) => $"exporter/{name}";
}

/// <summary>Names in the table <c>counter</c>, beside those of the read errors.</summary>
internal static class CounterNames
{
    public const string Excluded = "excluded";
    public const string Rejected = "rejected";
    public const string Gaps = "gaps";
}
