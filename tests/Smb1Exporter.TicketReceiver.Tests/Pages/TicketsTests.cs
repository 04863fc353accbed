using System.Net;
using System.Text.RegularExpressions;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Pages;

public sealed partial class TicketsTests
{
    [Fact]
    public async Task The_first_firing_opens_the_next_notes_resolved_changes_nothing_and_after_closing_the_next_opens_a_new_ticket()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        await SendAsync(receiver, "FS01", "1");
        await SendAsync(receiver, "FS01", "2");
        var first = Assert.Single(await receiver.TicketsOnceAsync(tickets => tickets is [{ Notes.Count: 1 }], "a ticket with a note"));
        Assert.Equal(("Contoso", "FS01", "SMB1 Traffic Detected on FS01", "open"), (first.Customer, first.Host, first.Subject, first.State));
        Assert.Contains(": 1 SMB1 connection attempt, last at", first.Body, StringComparison.Ordinal);
        Assert.Contains(": 2 SMB1 connection attempts, last at", first.Notes[0].Body, StringComparison.Ordinal);

        using var resolved = await receiver.Client.PostAlertsAsync(Payloads.Changed(payload =>
        {
            payload["alerts"]![0]!["status"] = "resolved";
            payload["alerts"]![1]!["status"] = "resolved";
        }));
        Assert.Equal(HttpStatusCode.OK, resolved.StatusCode);
        Assert.Equal("2", await receiver.Client.MetricAsync("smb1_ticket_alerts_ignored_total{reason=\"resolved\"}"));

        await ClickCloseAsync(receiver);
        Assert.Equal("0", await receiver.Client.MetricAsync("smb1_tickets_open"));
        await SendAsync(receiver, "FS01", "3");

        var tickets = await receiver.TicketsOnceAsync(tickets => tickets.Count == 2, "a new ticket");
        Assert.Equal(["closed", "open"], tickets.Select(ticket => ticket.State));
        Assert.Equal([1, 0], tickets.Select(ticket => ticket.Notes.Count));
        Assert.NotNull(tickets[0].Closed);
        Assert.Equal([tickets[1].Id], (await receiver.Client.TicketsAsync("?state=open")).Select(ticket => ticket.Id));
        Assert.Equal([tickets[0].Id], (await receiver.Client.TicketsAsync("?state=closed")).Select(ticket => ticket.Id));
        Assert.Equal([tickets[1].Id], (await receiver.Client.TicketsAsync($"?after={tickets[0].Id}&limit=1")).Select(ticket => ticket.Id));
    }

    [Fact]
    public async Task Servers_of_the_same_name_of_two_customers_have_a_ticket_each()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        using var response = await receiver.Client.PostAlertsAsync(Payloads.With(
            Payloads.Alert("Contoso", "FS01", "10.0.0.1", "1"), Payloads.Alert("Fabrikam", "FS01", "10.0.0.2", "1")));

        var tickets = await receiver.TicketsOnceAsync(tickets => tickets.Count == 2, "two tickets");

        Assert.Equal(["Contoso", "Fabrikam"], tickets.Select(ticket => ticket.Customer).Order());
    }

    [Fact]
    public async Task The_page_shows_hostile_text_as_text_and_allows_no_script()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        await SendAsync(receiver, "<script>alert(1)</script>", "1");
        await SendAsync(receiver, "<script>alert(1)</script>", "2");
        await receiver.TicketsOnceAsync(tickets => tickets is [{ Notes.Count: 1 }], "a ticket with a note");

        using var response = await receiver.Client.GetAsync("/", TestContext.Current.CancellationToken);
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("SMB1 Traffic Detected on &lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        var policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
        var style = StyleElement().Match(html).Groups[1].Value;
        Assert.Contains(Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(style))), policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_tickets_and_many_notes_are_spread_over_pages_and_all_are_in_the_API()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        using var many = await receiver.Client.PostAlertsAsync(Payloads.With(
            [.. Enumerable.Range(1, 60).Select(number => Payloads.Alert("Contoso", $"FS{number:00}", "10.0.0.1", "1"))]));
        for (var attempts = 2; attempts <= 9; attempts++)
        {
            await SendAsync(receiver, "FS01", $"{attempts}");
        }

        var tickets = await receiver.TicketsOnceAsync(tickets => tickets.Sum(ticket => 1 + ticket.Notes.Count) == 68, "60 tickets, 8 notes");
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_outbox_pending"), pending => pending == "0", "nothing is shown as waiting");

        var pages = new List<string>();
        for (var page = 1; page <= 3; page++)
        {
            pages.Add(await receiver.Client.GetStringAsync($"/?page={page}", TestContext.Current.CancellationToken));
        }

        Assert.Equal([25, 25, 10], pages.Select(html => Count(html, "<article")));
        Assert.Equal(60, tickets.Count(ticket => pages.Count(html => html.Contains($"id=\"ticket-{ticket.Id}\"", StringComparison.Ordinal)) == 1));
        var noted = tickets.Single(ticket => ticket.Host == "FS01");
        Assert.Equal(5, pages.Sum(html => Count(html, "<h3>Note")));
        Assert.Equal(8, Count(await receiver.Client.GetStringAsync($"/tickets/{noted.Id}", TestContext.Current.CancellationToken), "<h3>Note"));
    }

    [Theory]
    [InlineData("/tickets/99", 404)]
    [InlineData("/tickets/x", 404)]
    [InlineData("/?page=-1", 200)]
    [InlineData("/?page=99999999999999", 200)]
    [InlineData("/api/tickets?state=lost", 400)]
    [InlineData("/api/tickets?limit=0", 400)]
    [InlineData("/api/tickets?limit=1001", 400)]
    [InlineData("/api/tickets?after=x", 400)]
    [InlineData("/alerts", 405)]
    public async Task What_is_asked_wrongly_is_answered_rightly(string path, int status)
    {
        await using var receiver = await RunningReceiver.StartAsync();

        using var response = await receiver.Client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    // Like a browser: the one button that is on the page.
    private static async Task ClickCloseAsync(RunningReceiver receiver)
    {
        var html = await receiver.Client.GetStringAsync("/", TestContext.Current.CancellationToken);
        var action = Assert.Single(FormAction().Matches(html)).Groups[1].Value;
        using var response = await receiver.Client.PostAsync(action, new FormUrlEncodedContent([]), TestContext.Current.CancellationToken);
        Assert.Equal("/", response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Contains("0 open, 1 closed", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task SendAsync(RunningReceiver receiver, string server, string attempts)
    {
        using var response = await receiver.Client.PostAlertsAsync(Payloads.Firing("Contoso", server, ("10.0.0.1", attempts)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]+)\">")]
    private static partial Regex FormAction();

    [GeneratedRegex("<style>(.*)</style>", RegexOptions.Singleline)]
    private static partial Regex StyleElement();
}
