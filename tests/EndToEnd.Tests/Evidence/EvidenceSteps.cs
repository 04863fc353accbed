using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>Steps of tests of what is proved.</summary>
internal static class EvidenceSteps
{
    /// <summary>Has the exporter ask every five seconds, as often as it can.</summary>
    public const string AsksAllTheTime = "--Exporter:ProofInterval=00:00:05";

    /// <summary>Has it leave smb.conf alone.</summary>
    public const string LeavesAuditingAlone = "--Exporter:EnableAuditing=false";

    /// <summary>smbd forks, and three log-ons without a record are awaited one after the other: on a busy machine that takes its time.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task<Seen> SeeAsync(this ExporterProcess exporter) =>
        Seen.Of(await exporter.ScrapeAsync(), await exporter.Http.GetStringAsync("/report.csv"));

    /// <summary>The page, as it is now.</summary>
    public static Task<string> PageAsync(this ExporterProcess exporter) => exporter.Http.GetStringAsync("/");

    /// <summary>Waits for what only prepares the test.</summary>
    public static Task<Seen> WhenSeenAsync(this ExporterProcess exporter, Func<Seen, bool> condition, string what) =>
        Eventually.GetAsync(exporter.SeeAsync, condition, what, Limit);

    /// <summary>Asserts that it comes to be shown.</summary>
    public static Task<Seen> ThenSeesAsync(this ExporterProcess exporter, Func<Seen, bool> condition, string what, TimeSpan? within = null) => Then.SoonAsync(
        exporter.SeeAsync, condition, what, seen => $"{seen}\n{exporter.Process.Output}", within ?? Limit);

    /// <summary>Asserts that the page comes to say all of this.</summary>
    public static Task ThenPageSaysAsync(this ExporterProcess exporter, params IReadOnlyList<string> texts) => Then.SoonAsync(
        exporter.PageAsync,
        page => texts.All(text => page.Contains(text, StringComparison.Ordinal)),
        $"the page says \"{string.Join("\" and \"", texts)}\"",
        page => page[page.IndexOf("<main>", StringComparison.Ordinal)..]);

    /// <summary>Waits until the question of auditing was answered once more after <paramref name="before"/>.</summary>
    public static Task<Seen> WhenAnsweredAgainAsync(this ExporterProcess exporter, Seen before) => exporter.WhenSeenAsync(
        seen => string.CompareOrdinal(seen.AuditedAt, before.AuditedAt) > 0, $"the server answers once more after {before.AuditedAt}");

    /// <summary>Asserts that SMB1 is proved to be served and audited, and that time is covered.</summary>
    public static Task<Seen> ThenIsWatchedAsync(this ExporterProcess exporter) => exporter.ThenSeesAsync(
        seen => seen is { Served: true, Audited: true, ServedAnswer: Seen.Yes, AuditedAnswer: Seen.Yes, Covered: >= 1 },
        "SMB1 is served and audited, and time is covered");
}
