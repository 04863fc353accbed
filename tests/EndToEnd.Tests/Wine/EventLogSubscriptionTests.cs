namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>
/// Change notices that do not come cost time, never an event: the log is read at the poll interval, and notices are asked for again.
/// </summary>
public sealed class EventLogSubscriptionTests(WinePrefix wine)
{
    private const string Unavailable = "Microsoft-Windows-SMBServer/Audit: change notices are not available";
    private const string Back = "Microsoft-Windows-SMBServer/Audit: change notices are back";

    [Fact]
    public async Task A_subscription_that_is_refused_is_asked_for_again()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.Set("subscribe", "refused");
        await using var exporter = await server.StartAsync();
        await exporter.WhenLoggedAsync(Unavailable);
        Assert.DoesNotContain("Value cannot be null", exporter.Process.Output, StringComparison.Ordinal);
        server.Audit.WriteAttempt("10.0.0.1");
        await exporter.WhenCountedAsync("10.0.0.1", 1);

        server.Audit.Set("subscribe", "ok");
        await exporter.WhenLoggedAsync(Back);
    }

    [Fact]
    public async Task A_subscription_that_fails_is_made_anew()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.Set("subscribe", "fail");
        await using var exporter = await server.StartAsync();
        server.Audit.WriteAttempt("10.0.0.1");
        await exporter.WhenCountedAsync("10.0.0.1", 1);
        await exporter.WhenLoggedAsync(Unavailable);

        server.Audit.Set("subscribe", "ok");
        await exporter.WhenLoggedAsync(Back);
        server.Audit.WriteAttempt("10.0.0.1");
        await exporter.WhenCountedAsync("10.0.0.1", 2);
    }

    [Fact]
    public async Task A_subscription_that_went_silent_is_noticed_and_made_anew()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.Set("subscribe", "silent");
        await using var exporter = await server.StartAsync();
        await exporter.WhenAsync(scrape => scrape.SourceIsUp(), "the log can be read");

        // Those that were made before stay silent for ever.
        server.Audit.WriteAttempt("10.0.0.1");
        await exporter.WhenCountedAsync("10.0.0.1", 1);
        server.Audit.Set("subscribe", "ok");
        await exporter.WhenLoggedAsync("no change notice came for the event of");
        Assert.Equal(1, (await exporter.ScrapeAsync()).Attempts("10.0.0.1"));
    }
}
