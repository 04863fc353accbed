using Smb1Exporter.EndToEnd.Tests.Harness;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>What is counted from the event log, by the exporter as it is shipped for Windows, on a stand-in event log under Wine.</summary>
public sealed class EventLogTests(WinePrefix wine)
{
    /// <summary>So that what is counted at once was announced by the event log, not found by looking.</summary>
    private const string RarePolls = "--Exporter:PollInterval=00:10:00";

    [Fact]
    public async Task Attempts_and_rejections_of_every_shape_are_counted_from_an_hour_back_and_as_soon_as_they_are_written()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.WriteAttempt("10.0.0.8", TimeSpan.FromMinutes(61));
        server.Audit.WriteAttempt("10.0.0.9", TimeSpan.FromMinutes(59));
        await using var exporter = await server.StartAsync(RarePolls);
        var scrape = await exporter.WhenCountedAsync("10.0.0.9", 1);
        Assert.DoesNotContain("10.0.0.8", scrape.AttemptsByClient());

        server.Audit.WriteAttempt("10.0.0.1");
        server.Audit.WriteAttemptAsUserData("10.0.0.1");
        await exporter.WhenCountedAsync("10.0.0.1", 2);

        server.Operational.WriteRejection(version: 1);
        server.Operational.WriteRejection(version: 0, count: 3);
        await exporter.WhenAsync(metrics => metrics.Rejections() == 4, "4 rejections are shown");

        // What an event says in the language of the host is not read, and other events of the provider are none of ours.
        server.Audit.WriteOther(3021, "<EventData><Data Name=\"ClientName\">10.0.0.7</Data></EventData>");
        server.Audit.WriteAttempt("10.0.0.2", message: "SMB1-Zugriff. Clientadresse: 10.0.0.6");
        scrape = await exporter.WhenCountedAsync("10.0.0.2", 1);

        Assert.Equal(
            new SortedDictionary<string, double> { ["10.0.0.1"] = 2, ["10.0.0.2"] = 1, ["10.0.0.9"] = 1 },
            new SortedDictionary<string, double>(scrape.AttemptsByClient().ToDictionary()));
        Assert.Equal(0, scrape.Gaps());
        Assert.Contains("[ok]    Audit log: Windows event log", await server.NoFaultAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_event_is_told_and_does_not_stop_what_comes_after_it()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        await using var exporter = await server.StartAsync(RarePolls);

        server.Audit.WriteRaw("<Event><System><Provider Name=\"Microsoft-Windows-SMBServer\"/><EventID>3000");
        server.Audit.WriteRaw("");
        server.Audit.WriteAttempt("10.0.0.1");
        var scrape = await exporter.WhenCountedAsync("10.0.0.1", 1);

        Assert.Equal(2, scrape.ReadErrors("malformed"));
        Assert.True(scrape.SourceIsUp());
        await exporter.WhenLoggedAsync("SMBServer/Audit record 1 (Malformed): the event is no well-formed");

        server.Audit.Set("render", "fail");
        server.Audit.WriteAttempt("10.0.0.1");
        await exporter.WhenLoggedAsync("SMBServer/Audit record 4 (Malformed): event 3000 cannot be rendered");
        server.Audit.Set("render", "ok");
        server.Audit.WriteAttempt("10.0.0.1");
        await exporter.WhenCountedAsync("10.0.0.1", 2);
    }

    [Fact]
    public async Task Kills_in_a_burst_of_5000_events_lose_none_and_count_none_twice()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        await using (var exporter = await server.StartAsync(RarePolls))
        {
            server.Audit.WriteAttempt("10.0.0.1");
            await exporter.WhenCountedAsync("10.0.0.1", 1);
            server.Audit.WriteAttempts("10.0.0.1", 5000);
            await exporter.WhenCountedAsync("10.0.0.1", 2);
            await exporter.KillAsync();
        }

        // Nothing ran while these were written. The bookmark cannot be used any more, as after a clear, though the log is whole.
        server.Audit.Jump(1000);
        server.Audit.Set("seek", "stale");
        server.Audit.WriteAttempts("10.0.0.2", 10);
        await using var again = await server.StartAsync(RarePolls);
        await again.WhenCountedAsync("10.0.0.2", 10);
        server.Audit.WriteAttempt("10.0.0.3");
        var scrape = await again.WhenCountedAsync("10.0.0.3", 1);

        Assert.Equal(5001, scrape.Attempts("10.0.0.1"));
        Assert.Equal(10, scrape.Attempts("10.0.0.2"));
        Assert.Equal(0, scrape.Gaps());
        Assert.Contains("3 clients, 5012 attempts, 0 gaps; ", await server.NoFaultAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cleared_log_is_a_gap_and_what_is_written_after_it_counts()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.WriteAttempts("10.0.0.1", 3);
        await using var exporter = await server.StartAsync();
        await exporter.WhenCountedAsync("10.0.0.1", 3);

        server.Audit.Clear(numbersStartAnew: true);
        var scrape = await exporter.WhenAsync(metrics => metrics.Gaps() == 1, "the gap is shown");
        await exporter.WhenLoggedAsync("the channel was cleared: it is empty, and reading had come to record 3");
        server.Audit.WriteAttempts("10.0.0.1", 2);
        await exporter.WhenCountedAsync("10.0.0.1", 5);

        // Cleared and written to again between two looks. The lost events have numbers, so their number is known.
        server.Audit.Jump(4);
        server.Audit.Clear(numbersStartAnew: false);
        server.Audit.WriteAttempt("10.0.0.1");
        scrape = await exporter.WhenCountedAsync("10.0.0.1", 6);
        Assert.Equal(2, scrape.Gaps());
        await exporter.WhenLoggedAsync("its oldest record is 7, and reading had come to record 2; up to 4 records are lost");
        Assert.Contains("1 client, 6 attempts, 2 gaps; ", await server.NoFaultAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_wrapped_past_the_last_read_event_is_a_gap_and_one_that_wrapped_up_to_it_is_none()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.WriteAttempts("10.0.0.1", 3);
        await using (var exporter = await server.StartAsync())
        {
            await exporter.WhenCountedAsync("10.0.0.1", 3);
            server.Audit.WriteAndWrap("10.0.0.1", 4, keep: 4);
            var scrape = await exporter.WhenCountedAsync("10.0.0.1", 7);
            Assert.Equal(0, scrape.Gaps());
            await exporter.KillAsync();
        }

        server.Audit.WriteAndWrap("10.0.0.1", 4, keep: 2);
        await using var again = await server.StartAsync();
        var after = await again.WhenCountedAsync("10.0.0.1", 9);
        Assert.Equal(1, after.Gaps());
        await again.WhenLoggedAsync("its oldest record is 10, and reading had come to record 7; up to 2 records are lost");
        Assert.Contains("1 client, 9 attempts, 1 gap; ", await server.NoFaultAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_would_wrap_within_a_day_is_advised_to_be_made_larger_and_is_no_fault()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Audit.WriteAttempt("10.0.0.1", TimeSpan.FromHours(6));
        Assert.DoesNotContain("[hint]", await server.NoFaultAsync(), StringComparison.Ordinal);

        server.Audit.Set("fileBytes", "8388608");
        Assert.Contains(
            "[hint]  Audit log: the event log channel Microsoft-Windows-SMBServer/Audit holds 8 MiB, which is about 6 hours at the rate seen",
            await server.NoFaultAsync(),
            StringComparison.Ordinal);
    }
}
