using Smb1Exporter.Auditing;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Hosting;

[Collection(InOrder.Name)]
public sealed class AuditingKeeperTests : IAsyncDisposable
{
    private const string CoveredSince = "smb1_audit_covered_since_timestamp_seconds";
    private readonly ExporterHarness _exporter = new();

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Fact]
    public async Task Auditing_that_is_off_is_switched_on_at_start_and_covers_from_then_on()
    {
        _exporter.Switch.State = new AuditingState(true, false, "Off.");
        await _exporter.StartAsync();
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);
        var begin = _exporter.Clock.GetUtcNow().ToUnixTimeSeconds();
        _exporter.Switch.State = new AuditingState(true, true, "On.");
        _exporter.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(begin, await _exporter.ScrapeAsync(CoveredSince));
        Assert.Equal(1, _exporter.Switch.Switched);
    }

    [Fact]
    public async Task Auditing_is_checked_every_hour_and_the_covered_time_starts_anew_when_it_was_off()
    {
        await _exporter.StartAsync();
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
        Assert.Contains(_exporter.Logs.GetSnapshot(), line => line.Message.Contains("smb.conf is read-only", StringComparison.Ordinal));
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
        Assert.Contains(_exporter.Logs.GetSnapshot(), line => line.Message.Contains("There is no such channel.", StringComparison.Ordinal));
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
}
