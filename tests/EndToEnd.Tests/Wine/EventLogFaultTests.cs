namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>What keeps the event log from being read: each is shown, told with its remedy, and got over without a loss.</summary>
public sealed class EventLogFaultTests(WinePrefix wine)
{
    private const string Channel = "Microsoft-Windows-SMBServer/Audit";

    [Fact]
    public async Task A_channel_that_is_not_there_is_told_and_read_once_it_is()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.Remove();
        var check = await server.FaultsAsync();
        Assert.Contains($"[FAULT] Audit log: This Windows has no event log channel {Channel}.", check, StringComparison.Ordinal);
        Assert.DoesNotContain("start smb1-exporter, which switches it on", check, StringComparison.Ordinal);

        await using var exporter = await server.StartAsync();
        await exporter.WhenAsync(scrape => scrape.SourceIsDown() && scrape.ReadErrors("not_found") > 0, "the log cannot be read", TimeSpan.FromSeconds(90));
        await exporter.WhenLoggedAsync($"This Windows has no event log channel {Channel}.");

        server.Audit.WriteAttempt("10.0.0.1");
        var scrape = await exporter.WhenCountedAsync("10.0.0.1", 1);
        Assert.True(scrape.SourceIsUp());
    }

    [Fact]
    public async Task A_disabled_channel_is_enabled_by_the_exporter()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.Set("enabled", "0");
        Assert.Contains($"The event log channel {Channel} is disabled", await server.FaultsAsync(), StringComparison.Ordinal);
        Assert.False(server.Audit.IsEnabled);

        await using var exporter = await server.StartAsync();
        await exporter.WhenAuditingAsync();
        await exporter.WhenLoggedAsync($"The event log channel {Channel} was disabled and has been enabled.");
        Assert.True(server.Audit.IsEnabled);

        server.Audit.WriteAttempt("10.0.0.1");
        var scrape = await exporter.WhenCountedAsync("10.0.0.1", 1);
        Assert.True(scrape.SourceIsUp());
    }

    [Fact]
    public async Task A_disabled_channel_that_cannot_be_enabled_is_shown_as_auditing_that_is_off()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.Set("enabled", "0");
        server.Audit.Set("save", "denied");

        await using var exporter = await server.StartAsync();
        await exporter.WhenAsync(
            scrape => scrape.Of(WineExporterSigns.Auditing) is [{ Value: 0 }], "auditing is off", TimeSpan.FromSeconds(90));
        await exporter.WhenLoggedAsync(
            $"The event log channel {Channel} is disabled and could not be enabled: this account may not change it. Run the service as LocalSystem");
        await exporter.WhenAsync(scrape => scrape.SourceIsDown(), "the log records nothing");
        await exporter.WhenLoggedAsync($"Run wevtutil sl \"{Channel}\" /e:true to enable it.");
        Assert.False(server.Audit.IsEnabled);
        Assert.Contains("could not be enabled: this account may not change it.", await server.FaultsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempts_are_counted_while_the_channel_of_the_rejections_cannot_be_read_and_that_is_told()
    {
        const string Problem = "This Windows has no event log channel Microsoft-Windows-SMBServer/Operational.";
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Operational.Remove();
        await using var exporter = await server.StartAsync();
        server.Audit.WriteAttempt("10.0.0.1");
        var scrape = await exporter.WhenCountedAsync("10.0.0.1", 1);

        Assert.True(scrape.SourceIsUp());
        Assert.Equal(1, scrape.ReadErrors("not_found"));
        await exporter.WhenLoggedAsync(Problem);
        Assert.Contains($"[FAULT] Audit log: {Problem}", await server.FaultsAsync(), StringComparison.Ordinal);

        server.Operational.WriteRejection(version: 1);
        await exporter.WhenAsync(metrics => metrics.Rejections() == 1, "the rejection is shown");
    }

    [Fact]
    public async Task A_log_that_may_not_be_read_stops_the_start_and_is_told_while_running()
    {
        const string Remedy = "add the account to the group Event Log Readers";
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.Set("access", "denied");
        Assert.Contains(Remedy, await server.FaultsAsync(), StringComparison.Ordinal);
        await using (var failed = await server.FailToStartAsync())
        {
            Assert.Equal(1, failed.ExitCode);
            Assert.Contains(Remedy, failed.StandardError, StringComparison.Ordinal);
        }

        server.Audit.Set("access", "ok");
        await using var exporter = await server.StartAsync();
        await exporter.WhenAsync(scrape => scrape.SourceIsUp(), "the log can be read");
        server.Audit.Set("access", "denied");
        await exporter.WhenAsync(scrape => scrape.SourceIsDown() && scrape.ReadErrors("access_denied") > 0, "the log may not be read");
        await exporter.WhenLoggedAsync(Remedy);

        server.Audit.WriteAttempt("10.0.0.1");
        server.Audit.Set("access", "ok");
        var scrape = await exporter.WhenCountedAsync("10.0.0.1", 1);
        Assert.Equal(0, scrape.Gaps());
    }

    [Fact]
    public async Task An_event_log_service_that_is_down_is_told_and_what_was_written_meanwhile_is_counted()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.WriteAttempt("10.0.0.1");
        await using var exporter = await server.StartAsync();
        await exporter.WhenCountedAsync("10.0.0.1", 1);

        server.Audit.Set("service", "down");
        server.Operational.Set("service", "down");
        await exporter.WhenAsync(scrape => scrape.SourceIsDown() && scrape.ReadErrors("io") > 0, "the service does not answer");
        await exporter.WhenLoggedAsync("See that the service EventLog runs (sc.exe query eventlog)");
        Assert.Contains("See that the service EventLog runs (sc.exe query eventlog)", await server.FaultsAsync(), StringComparison.Ordinal);

        server.Audit.WriteAttempt("10.0.0.1");
        server.Audit.Set("service", "up");
        server.Operational.Set("service", "up");
        var scrape = await exporter.WhenCountedAsync("10.0.0.1", 2);
        Assert.Equal(2, scrape.Attempts("10.0.0.1"));
        Assert.Equal(0, scrape.Gaps());
    }
}
