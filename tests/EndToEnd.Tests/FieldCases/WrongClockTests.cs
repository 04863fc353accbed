using System.Globalization;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Clocks that are wrong or odd: set right only once the network is up, an hour that comes twice, zones with odd offsets.</summary>
public sealed class WrongClockTests
{
    private const string DeadBattery = "tuptime#81: a NAS without a clock battery starts with the time of its last shutdown until NTP sets it right";

    [FieldFact(DeadBattery)]
    public async Task A_clock_that_was_34_days_behind_at_the_start_makes_no_server_ready_within_seconds()
    {
        await using var site = new Site();
        var exporter = await StartWithClockSetRightAsync(site, TimeSpan.FromDays(-34));

        await exporter.ThenGivesNoAllClearAsync("it has watched for seconds");
        await ThenIsCoveredSinceTodayAsync(exporter);
    }

    [FieldFact(DeadBattery)]
    public async Task A_clock_that_was_400_days_ahead_at_the_start_does_not_put_off_readiness_until_then()
    {
        await using var site = new Site();
        var exporter = await StartWithClockSetRightAsync(site, TimeSpan.FromDays(400));

        await ThenIsCoveredSinceTodayAsync(exporter);
    }

    [FieldFact("Samba writes local time with its offset: Europe on the last Sunday of October, Nepal, Newfoundland, UTC")]
    public async Task In_the_hour_that_comes_twice_sessions_are_told_apart_and_shown_in_UTC()
    {
        const string Berlin = "Europe/Berlin";
        Assert.SkipUnless(File.Exists($"/usr/share/zoneinfo/{Berlin}"), "time zones come with Debian's package tzdata");
        await using var site = new Site();
        var clock = new Clock(site["clock"]);
        clock.Set(Utc(1, 45) - TimeProvider.System.GetUtcNow());
        await File.WriteAllTextAsync(site["audit.log"], FieldSample.Read("samba-time-zones.log"), TestContext.Current.CancellationToken);

        var exporter = await site.ExporterAsync(
            new Dictionary<string, string?>(clock.Environment) { ["TZ"] = Berlin },
            [.. ExporterArguments.ForLog(site.Folder, site["audit.log"]), "--Exporter:InitialLookback=03:00:00"]);

        await exporter.ThenCountsAsync("10.7.0.1", 2);
        await exporter.ThenCountsAsync("10.7.0.2", 1);
        await exporter.ThenCountsAsync("10.7.0.3", 1);
        var scrape = await exporter.ThenCountsAsync("10.7.0.4", 1);
        Assert.Equal(
            [("10.7.0.1", Utc(1, 5)), ("10.7.0.2", Utc(1, 25)), ("10.7.0.3", Utc(1, 25)), ("10.7.0.4", Utc(1, 40))],
            scrape.Of("smb1_client_last_seen_timestamp_seconds")
                .Select(sample => (sample["client_address"], DateTimeOffset.FromUnixTimeSeconds((long)sample.Value)))
                .Order());
        Assert.Equal(0, scrape.Of("smb1_audit_read_errors_total").Sum(sample => sample.Value));

        static DateTimeOffset Utc(int hour, int minute) => new(2026, 10, 25, hour, minute, 0, TimeSpan.Zero);
    }

    private static async Task<ExporterProcess> StartWithClockSetRightAsync(Site site, TimeSpan wrongBy)
    {
        var clock = new Clock(site["clock"]);
        clock.Set(wrongBy);
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterAsync(clock.Environment, ExporterArguments.ForSamba(site.Folder, samba));
        await exporter.WhenCoveredAsync();

        clock.Set(TimeSpan.Zero);
        return exporter;
    }

    private static async Task ThenIsCoveredSinceTodayAsync(ExporterProcess exporter) => await Then.SoonAsync(
        async () => TimeProvider.System.GetUtcNow() - await exporter.CoveredSinceAsync(),
        covered => covered < TimeSpan.FromDays(1) && covered > TimeSpan.FromDays(-1),
        "what it calls covered began when it was started",
        covered => string.Create(CultureInfo.InvariantCulture, $"{covered?.TotalDays:F1} days ago"));
}
