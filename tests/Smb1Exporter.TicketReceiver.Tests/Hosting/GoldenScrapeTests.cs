using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Tests.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests.Hosting;

/// <summary>
/// The whole text of one scrape. Of it only OpenTelemetry's version changes by itself, which the golden text calls VERSION: the clock is the test's
/// own, and the receiver shows no metrics of its process or runtime.
/// </summary>
public sealed partial class GoldenScrapeTests
{
    [Fact]
    public async Task A_scrape_of_a_known_state_is_byte_for_byte_the_golden_text()
    {
        var ticketing = new FakeTicketing((message, _) => message.Server switch
        {
            "FS02" => new TicketingOutcome.Refused("no such queue"),
            "FS03" => new TicketingOutcome.RetryLater("maintenance"),
            _ => new TicketingOutcome.Done("10042"),
        });
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 4, 0, 0, TimeSpan.Zero));
        await using var receiver = await RunningReceiver.StartAsync(services => services.AddSingleton<ITicketingSystem>(ticketing).AddSingleton<TimeProvider>(clock));
        await SendAsync(receiver, "FS01", "1");
        await SendAsync(receiver, "FS01", "2");
        await SendAsync(receiver, "FS01", "2", sender: "http://other.example:9093");
        await SendAsync(receiver, "FS02", "1");
        await SendAsync(receiver, "FS03", "1");
        foreach (var result in new[] { "opened", "noted", "refused", "failed" })
        {
            await receiver.UntilAsync($"smb1_ticket_deliveries_total{{result=\"{result}\"}}", "1");
        }

        using var garbage = await receiver.Client.PostAsync("/alerts", new StringContent("no JSON", null, "application/json"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, garbage.StatusCode);

        var scrape = await receiver.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var difference = GoldenFile.Difference("tests/Smb1Exporter.TicketReceiver.Tests/Golden/metrics.txt", Version().Replace(scrape, "VERSION"));
        Assert.True(difference.Length == 0, difference);
    }

    [GeneratedRegex("(?<=telemetry_sdk_version=\")[^\"]+")]
    private static partial Regex Version();

    private static async Task SendAsync(RunningReceiver receiver, string server, string attempts, string? sender = null)
    {
        var payload = Payloads.Firing("Contoso", server, ("10.0.0.1", attempts));
        payload["externalURL"] = sender ?? (string?)payload["externalURL"];
        using var response = await receiver.Client.PostAlertsAsync(payload);
        response.EnsureSuccessStatusCode();
    }
}
