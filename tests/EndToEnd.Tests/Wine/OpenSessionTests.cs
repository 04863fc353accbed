namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>Open SMB1 sessions on Windows, listed by stand-ins after the documentation of Get-SmbSession.</summary>
public sealed class OpenSessionTests(WinePrefix wine)
{
    private const string Client = "192.168.102.14";

    [Fact]
    public async Task A_session_that_is_open_and_left_no_event_is_counted_once_also_over_a_restart()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        server.Smb.Sessions = [$"4415226380377|864000|1.5||*|{Client}", "85899345929|864000|3.1.1||*|192.168.102.15"];
        var exporter = await server.StartAsync();
        await using (exporter)
        {
            await exporter.WhenAsync(scrape => scrape.Attempts(Client) == 1, "the session is counted");
            await exporter.KillAsync();
        }

        server.Smb.Sessions = [$"4415226380377|864010|1.5||*|{Client}", $"4415226380378|3600|1.5||*|192.168.102.16"];
        await using var again = await server.StartAsync();
        var scrape = await again.WhenAsync(scrape => scrape.Attempts("192.168.102.16") == 1, "the new session is counted");
        Assert.Equal(1, scrape.Attempts(Client));
        Assert.Equal(0, scrape.Attempts("192.168.102.15"));
    }
}
