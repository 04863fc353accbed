using Smb1Exporter.Auditing;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Hosting;

[Collection(InOrder.Name)]
public sealed class AuditingKeeperTests : IAsyncDisposable
{
    private const string CoveredSince = "smb1_audit_covered_since_timestamp_seconds";

    /// <summary>So that nobody but the keeper sleeps for an hour.</summary>
    private const string NobodyElseForAnHour = "--Exporter:ClientRetention=00:59:00";
    private readonly ExporterHarness _exporter = new();

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Fact]
    public async Task Auditing_that_is_off_is_switched_on_at_start_and_covers_from_then_on()
    {
        _exporter.Switch.State = new AuditingState(true, false, "Off.");
        await _exporter.StartAsync(NobodyElseForAnHour);
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);
        await _exporter.Sleepers.SleepingAsync(TimeSpan.FromHours(1));
        var begin = _exporter.Clock.GetUtcNow().ToUnixTimeSeconds();
        _exporter.Switch.State = new AuditingState(true, true, "On.");
        _exporter.Watch(TimeSpan.FromMinutes(30));
        Assert.Equal(begin, await _exporter.ScrapeAsync(CoveredSince));
        Assert.Equal(1, _exporter.Switch.Switched);
    }

    [Fact]
    public async Task Auditing_is_checked_every_hour_and_the_covered_time_starts_anew_when_it_was_off()
    {
        await _exporter.StartAsync(NobodyElseForAnHour);
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);
        _exporter.Switch.State = new AuditingState(true, false, "Off.");
        for (var hour = 1; hour <= 2; hour++)
        {
            await _exporter.Sleepers.SleepingAsync(TimeSpan.FromHours(1));
            Assert.Equal(hour, _exporter.Switch.Inspections);
            _exporter.Clock.Advance(TimeSpan.FromHours(1));
            await Eventually.TrueAsync(() => _exporter.Switch.Switched == hour, "auditing being switched on again");
        }

        await Eventually.GetAsync(
            () => _exporter.ScrapeAsync(CoveredSince), since => since == (_exporter.Begin + TimeSpan.FromHours(2)).ToUnixTimeSeconds(), "covered anew");
    }

    [Fact]
    public async Task When_it_cannot_be_switched_on_the_reason_is_in_the_log_and_nothing_is_covered()
    {
        _exporter.Switch.State = new AuditingState(true, false, "Off.");
        _exporter.Switch.Outcome = new EnableOutcome(false, "smb.conf is read-only. Remedy: make it writable.");
        await _exporter.StartAsync();
        await _exporter.WaitForAsync("smb1_auditing_enabled", 0);
        await _exporter.WhenLoggedAsync("smb.conf is read-only");
        var now = _exporter.Clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(now, await _exporter.ScrapeAsync(CoveredSince));
    }

    [Fact]
    public async Task It_is_left_off_when_the_settings_say_so()
    {
        _exporter.Switch.State = new AuditingState(true, false, "Off.");
        await _exporter.StartAsync("--Exporter:EnableAuditing=false");
        await _exporter.WaitForAsync("smb1_auditing_enabled", 0);
        Assert.Equal(0, _exporter.Switch.Switched);
    }

    [Fact]
    public async Task Nothing_is_tried_where_switching_on_cannot_help()
    {
        _exporter.Switch.State = new AuditingState(true, false, "There is no such channel.") { CanBeSwitchedOn = false };
        await _exporter.StartAsync();
        await _exporter.WaitForAsync("smb1_auditing_enabled", 0);
        Assert.Equal(0, _exporter.Switch.Switched);
        await _exporter.WhenLoggedAsync("There is no such channel.");
    }

    [Fact]
    public async Task What_could_not_be_told_is_looked_at_again_soon()
    {
        _exporter.Switch.State = new AuditingState(true, null, "smbd is not running.");
        await _exporter.StartAsync();
        await Eventually.TrueAsync(() => _exporter.Switch.Inspections == 1, "the first check");
        _exporter.Switch.State = new AuditingState(true, true, "On.");
        await _exporter.Sleepers.SleepingAsync(TimeSpan.FromMinutes(1));
        _exporter.Clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => _exporter.Switch.Inspections == 2, "the second check");
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);
    }

    [Fact]
    public async Task While_it_is_off_it_is_looked_at_after_a_minute_then_after_two_and_so_on_up_to_an_hour()
    {
        _exporter.Switch.State = new AuditingState(true, false, "The folder is missing.");
        _exporter.Switch.Outcome = new EnableOutcome(false, "The folder is missing.");
        await _exporter.StartAsync(NobodyElseForAnHour);
        foreach (var (minutes, look) in new[] { 1, 2, 4, 8, 16, 32, 60, 60 }.Select((minutes, index) => (minutes, index + 1)))
        {
            await LookAfterAsync(TimeSpan.FromMinutes(minutes), look);
        }

        // What passes is tried each time: it changes nothing as long as it fails.
        Assert.Equal(9, _exporter.Switch.Switched);
        Assert.Single(_exporter.Logs.GetSnapshot(), line => line.Message.StartsWith("SMB1 auditing is off: ", StringComparison.Ordinal));
        _exporter.Switch.Outcome = new EnableOutcome(true, "On.");
        await LookAfterAsync(TimeSpan.FromHours(1), 9);
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);
    }

    [Fact]
    public async Task A_try_that_changed_the_configuration_is_repeated_after_an_hour_at_the_earliest()
    {
        _exporter.Switch.State = new AuditingState(true, false, "Off.");
        _exporter.Switch.Outcome = new EnableOutcome(false, "An included file overrides it; smb.conf was put back.") { Changed = true };
        await _exporter.StartAsync();
        foreach (var (minutes, look) in new[] { 1, 2, 4, 8, 16 }.Select((minutes, index) => (minutes, index + 1)))
        {
            await LookAfterAsync(TimeSpan.FromMinutes(minutes), look);
        }

        await _exporter.Sleepers.SleepingAsync(TimeSpan.FromMinutes(32));
        Assert.Equal(1, _exporter.Switch.Switched);
        var page = await _exporter.GetTextAsync("/");
        Assert.Contains("An included file overrides it; smb.conf was put back.", page, StringComparison.Ordinal);
        Assert.Contains("not changed again before 05:00:00 UTC", page, StringComparison.Ordinal);

        _exporter.Clock.Advance(TimeSpan.FromMinutes(32));
        await Eventually.TrueAsync(() => _exporter.Switch.Switched == 2, "a second try");
    }

    [Fact]
    public async Task What_only_has_to_be_taken_over_by_smbd_does_not_wait_for_the_hour()
    {
        _exporter.Switch.State = new AuditingState(true, false, "Off.");
        await _exporter.StartAsync(NobodyElseForAnHour);
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);

        _exporter.Switch.State = new AuditingState(true, false, "The folder is missing.") { NeedsChange = false };
        _exporter.Switch.Outcome = new EnableOutcome(true, "Reloaded.");
        await TurnSourceAsync();
        await Eventually.TrueAsync(() => _exporter.Switch.Switched == 2, "auditing being switched on");
    }

    [Fact]
    public async Task It_is_looked_at_when_the_log_ceases_and_begins_to_be_readable()
    {
        await _exporter.StartAsync(NobodyElseForAnHour);
        await _exporter.WaitForAsync("smb1_audit_source_up", 1);
        await _exporter.Sleepers.SleepingAsync(TimeSpan.FromHours(1));

        await TurnSourceAsync();
        await Eventually.TrueAsync(() => _exporter.Switch.Inspections == 2, "a look when the log is gone");

        // The failed read is repeated after a second, and works.
        await _exporter.Sleepers.SleepingAsync(TimeSpan.FromHours(1));
        _exporter.Clock.Advance(TimeSpan.FromSeconds(1));
        await _exporter.WaitForAsync("smb1_audit_source_up", 1);
        await _exporter.Sleepers.SleepingAsync(TimeSpan.FromSeconds(9));
        Assert.Equal(2, _exporter.Switch.Inspections);
        _exporter.Clock.Advance(TimeSpan.FromSeconds(9));
        await Eventually.TrueAsync(() => _exporter.Switch.Inspections == 3, "a look when the log is there again");
    }

    [Fact]
    public async Task A_doubt_about_an_audit_that_is_on_is_in_the_log_and_on_the_page_and_does_not_switch_it_off()
    {
        _exporter.Switch.State = new AuditingState(true, true, "On.") { Warning = "Any client can forge records." };
        await _exporter.StartAsync();
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);

        Assert.Contains("Any client can forge records.", await _exporter.GetTextAsync("/"), StringComparison.Ordinal);
        Assert.Contains(_exporter.Logs.GetSnapshot(), line => line.Message.Contains("On. Any client can forge records.", StringComparison.Ordinal));
        Assert.Equal(0, _exporter.Switch.Switched);
    }

    private async Task LookAfterAsync(TimeSpan pause, int looks)
    {
        await _exporter.Sleepers.SleepingAsync(pause);
        Assert.Equal(looks, _exporter.Switch.Inspections);
        _exporter.Clock.Advance(pause);
        await Eventually.TrueAsync(() => _exporter.Switch.Inspections == looks + 1, $"a look after {pause}");
    }

    /// <summary>Lets the log cease to be readable, long enough after the last look.</summary>
    private async Task TurnSourceAsync()
    {
        await _exporter.WaitForAsync("smb1_audit_source_up", 1);
        await _exporter.Sleepers.SleepingAsync(TimeSpan.FromHours(1));
        _exporter.Clock.Advance(TimeSpan.FromMinutes(1));
        _exporter.Source.Fail(new AuditSourceException(ReadErrorReason.NotFound, "The log is gone."));
        await _exporter.WaitForAsync("smb1_audit_source_up", 0);

        // What was read wrong is shown before the pause until the next read begins.
        await _exporter.Sleepers.SleepingAsync(TimeSpan.FromSeconds(1));
    }
}
