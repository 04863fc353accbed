using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>One real SMB1 connection becomes one ticket.</summary>
public class ChainTests
{
    [Theory]
    [InlineData(ExporterBuild.Jit)]
    [InlineData(ExporterBuild.Native)]
    public async Task An_attempt_becomes_a_ticket_the_next_a_note_and_the_next_after_closing_a_new_ticket(ExporterBuild build)
    {
        await using var chain = await Chain.StartAsync(build);

        await chain.ConnectAsync("SMB2");
        await chain.ConnectAsync("NT1");
        var first = Assert.Single(await chain.WhenTicketsAsync(tickets => tickets.Count > 0, "the first ticket"));
        Assert.Equal("SMB1 Traffic Detected on FS01", first.Subject);
        AssertBody(first.Body, "127.0.0.1 (scanner01): 1 SMB1 connection attempt, last at TIME UTC");
        Assert.Empty(first.Notes);
        Assert.Equal(1, await IncreaseAsync(chain, "127.0.0.1"));
        Assert.Equal(1, Assert.Single((await chain.Exporter.ScrapeAsync()).AttemptsByClient()).Value);
        var alert = Assert.Single(await chain.Prometheus.AlertsAsync());
        Assert.Equal(("Smb1TrafficDetected", "firing"), (alert.Name, alert.State));

        await chain.ConnectAsync("NT1");
        var noted = Assert.Single(await chain.WhenRepeatedAsync(2, tickets => tickets[0].Notes.Count > 0, "a note about the second attempt"));
        Assert.Equal((first.Id, first.Subject, first.Body), (noted.Id, noted.Subject, noted.Body));
        Assert.All(noted.Notes, note => AssertBody(note.Body, "127.0.0.1 (scanner01): 2 SMB1 connection attempts, last at TIME UTC"));

        await CloseOnPageAsync(chain.Receiver, first.Id);
        await chain.ConnectAsync("NT1");
        var both = await chain.WhenRepeatedAsync(3, tickets => tickets.Count > 1, "a ticket about the third attempt");
        Assert.Equal(2, both.Count);
        Assert.True(both[0].IsClosed);
        Assert.Equal(noted.Notes, both[0].Notes);
        Assert.False(both[1].IsClosed);
        Assert.Equal("SMB1 Traffic Detected on FS01", both[1].Subject);
        AssertBody(both[1].Body, "127.0.0.1 (scanner01): 3 SMB1 connection attempts, last at TIME UTC");
    }

    [Fact]
    public async Task Clients_of_one_server_share_a_ticket_with_the_most_attempts_first()
    {
        await using var chain = await Chain.StartAsync(Programs.PreferredBuild);

        await chain.ConnectAsync("NT1", "127.0.0.2");
        var first = Assert.Single(await chain.WhenTicketsAsync(tickets => tickets.Count > 0, "the first ticket"));
        AssertBody(first.Body, "127.0.0.2 (scanner01): 1 SMB1 connection attempt, last at TIME UTC");

        await chain.ConnectAsync("NT1", "127.0.0.3");
        await chain.ConnectAsync("NT1", "127.0.0.3");
        var second = Assert.Single(await chain.WhenTicketsAsync(tickets => tickets[0].Notes.Count > 0, "a note about the second client"));
        Assert.Equal(first.Id, second.Id);
        const string News = "New client since the last entry: 127.0.0.3.\n\n";
        var note = Assert.Single(second.Notes).Body;
        Assert.StartsWith(News, note, StringComparison.Ordinal);
        AssertBody(
            note[News.Length..],
            "127.0.0.3 (scanner01): 2 SMB1 connection attempts, last at TIME UTC",
            "127.0.0.2 (scanner01): 1 SMB1 connection attempt, last at TIME UTC");
    }

    /// <summary>
    /// What increase() says at the time of the last scrape. At other times it extrapolates to the time asked for; and as the series was first seen
    /// at zero, it does not extrapolate to the time before that. So here, and only here, it is exact.
    /// </summary>
    private static async Task<double> IncreaseAsync(Chain chain, string client)
    {
        var selector = $"{ExporterProcess.Attempts}{{client_address=\"{client}\"}}";
        var samples = await chain.Prometheus.StoredSamplesAsync(selector);
        return Assert.Single(await chain.Prometheus.QueryAsync($"increase({selector}[1h])", samples[^1].Time)).Value;
    }

    // The prescribed text, byte for byte but for the times, which must be of the last ten minutes.
    private static void AssertBody(string body, params string[] results)
    {
        const string Time = @"(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)";
        var expected = string.Join('\n', [@"SMB1 Traffic detected on Contoso\FS01 in the past 1 hour.", "Details:", .. results]);
        var match = Regex.Match(body, $@"\A{Regex.Escape(expected).Replace("TIME", Time, StringComparison.Ordinal)}\z");
        Assert.True(match.Success, $"Expected:\n{expected}\nActual:\n{body}");
        Assert.All(match.Groups["time"].Captures, time => Assert.InRange(
            TimeProvider.System.GetUtcNow() - DateTimeOffset.Parse($"{time.Value}Z", null), TimeSpan.Zero, TimeSpan.FromMinutes(10)));
    }

    /// <summary>What a technician does: opens the page and presses the button.</summary>
    private static async Task CloseOnPageAsync(ReceiverProcess receiver, long ticket)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions
        {
            HttpCredentials = new HttpCredentials { Username = "technician", Password = receiver.Token },
        });
        await page.GotoAsync(receiver.Address.ToString());
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new Regex("close", RegexOptions.IgnoreCase) }).ClickAsync();
        await Eventually.GetAsync(
            receiver.TicketsAsync, tickets => tickets.Single(one => one.Id == ticket).IsClosed, "the ticket is closed");
    }
}
