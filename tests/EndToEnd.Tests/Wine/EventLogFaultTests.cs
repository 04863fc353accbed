namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>What keeps the event log from being read: each is shown, told with its remedy, and got over without a loss.</summary>
public sealed class EventLogFaultTests(WinePrefix wine)
{
    private const string Channel = "Microsoft-Windows-SMBServer/Audit";

    [Fact]
    public async Task A_channel_that_is_not_there_is_told_and_read_once_it_is()
    {
        using var host = await StandInHost.CreateAsync(wine);
        host.Audit.Remove();
        await host.CheckSaysAsync($"[FAULT] Audit log: This Windows has no event log channel {Channel}.", exitCode: 1);

        await using var exporter = await host.StartAsync();
        await exporter.WhenAsync(scrape => scrape.SourceIsDown() && scrape.ReadErrors("not_found") > 0, "the log cannot be read");
        await exporter.WhenLoggedAsync($"This Windows has no event log channel {Channel}.");

        host.Audit.WriteAttempt("10.0.0.1");
        var scrape = await exporter.WhenCountedAsync("10.0.0.1", 1);
        Assert.True(scrape.SourceIsUp());
    }

    [Fact]
    public async Task A_disabled_channel_is_enabled_by_the_exporter()
    {
        using var host = await StandInHost.CreateAsync(wine);
        host.Audit.Set("enabled", "0");
        await host.CheckSaysAsync($"The event log channel {Channel} is disabled", exitCode: 1);
        Assert.False(host.Audit.IsEnabled);

        await using var exporter = await host.StartAsync();
        await exporter.WhenAuditingAsync();
        await exporter.WhenLoggedAsync($"The event log channel {Channel} was disabled and has been enabled.");
        Assert.True(host.Audit.IsEnabled);

        host.Audit.WriteAttempt("10.0.0.1");
        var scrape = await exporter.WhenCountedAsync("10.0.0.1", 1);
        Assert.True(scrape.SourceIsUp());
    }

    [Fact]
    public async Task A_disabled_channel_that_cannot_be_enabled_is_shown_as_auditing_that_is_off()
    {
        using var host = await StandInHost.CreateAsync(wine);
        host.Audit.Set("enabled", "0");
        host.Audit.Set("save", "denied");

        await using var exporter = await host.StartAsync();
        await exporter.WhenAsync(scrape => scrape.Of("smb1_auditing_enabled") is [{ Value: 0 }], "auditing is off");
        await exporter.WhenLoggedAsync($"The event log channel {Channel} is disabled and could not be enabled: ");
        await exporter.WhenAsync(scrape => scrape.SourceIsDown(), "the log records nothing");
        await exporter.WhenLoggedAsync($"Enable it: wevtutil sl \"{Channel}\" /e:true");
        Assert.False(host.Audit.IsEnabled);
    }

    [Fact]
    public async Task A_log_that_may_not_be_read_stops_the_start_and_is_told_while_running()
    {
        const string Remedy = "add the account to the group Event Log Readers";
        using var host = await StandInHost.CreateAsync(wine);
        host.Audit.Set("access", "denied");
        await host.CheckSaysAsync(Remedy, exitCode: 1);
        await using (var failed = await host.FailToStartAsync())
        {
            Assert.Equal(1, failed.ExitCode);
            Assert.Contains(Remedy, failed.StandardError, StringComparison.Ordinal);
        }

        host.Audit.Set("access", "ok");
        await using var exporter = await host.StartAsync();
        await exporter.WhenAsync(scrape => scrape.SourceIsUp(), "the log can be read");
        host.Audit.Set("access", "denied");
        await exporter.WhenAsync(scrape => scrape.SourceIsDown() && scrape.ReadErrors("access_denied") > 0, "the log may not be read");
        await exporter.WhenLoggedAsync(Remedy);

        host.Audit.WriteAttempt("10.0.0.1");
        host.Audit.Set("access", "ok");
        var scrape = await exporter.WhenCountedAsync("10.0.0.1", 1);
        Assert.Equal(0, scrape.Gaps());
    }

    [Fact]
    public async Task An_event_log_service_that_is_down_is_told_and_what_was_written_meanwhile_is_counted()
    {
        using var host = await StandInHost.CreateAsync(wine);
        host.Audit.WriteAttempt("10.0.0.1");
        await using var exporter = await host.StartAsync();
        await exporter.WhenCountedAsync("10.0.0.1", 1);

        host.Audit.Set("service", "down");
        host.Operational.Set("service", "down");
        await exporter.WhenAsync(scrape => scrape.SourceIsDown() && scrape.ReadErrors("io") > 0, "the service does not answer");
        await exporter.WhenLoggedAsync("See that the service EventLog runs (sc.exe query eventlog)");
        await host.CheckSaysAsync("See that the service EventLog runs (sc.exe query eventlog)", exitCode: 1);

        host.Audit.WriteAttempt("10.0.0.1");
        host.Audit.Set("service", "up");
        host.Operational.Set("service", "up");
        var scrape = await exporter.WhenCountedAsync("10.0.0.1", 2);
        Assert.Equal(2, scrape.Attempts("10.0.0.1"));
        Assert.Equal(0, scrape.Gaps());
    }
}
