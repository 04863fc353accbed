using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests.Pages;

/// <summary>The receiver's pages in a real Chromium, as a technician with mouse, keyboard or screen reader uses them.</summary>
public sealed class PagesInBrowserTests : IAsyncLifetime
{
    private Browser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Chromium is looked for where Debian puts it");
        _browser = await Browser.StartAsync();
    }

    public ValueTask DisposeAsync() => _browser?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [InlineData("/", 1280, ColorScheme.Light)]
    [InlineData("/", 400, ColorScheme.Dark)]
    [InlineData("/tickets/1", 1280, ColorScheme.Dark)]
    [InlineData("/tickets/1", 400, ColorScheme.Light)]
    [InlineData("/tickets/999", 400, ColorScheme.Light)]
    [InlineData("/deliveries?state=delivered", 1280, ColorScheme.Light)]
    public async Task The_pages_of_the_built_in_tickets_have_no_violation_no_console_message_and_no_sideways_scrolling(
        string path, int width, ColorScheme colors)
    {
        await using var receiver = await RunningReceiver.StartAsync();
        await SendAsync(receiver, "Contoso", "FS01", ("192.168.1.214", "12"), ("fe80::1ff:fe23:4567:890a", "1"));
        await SendAsync(receiver, "Contoso", "FS01", ("192.168.1.7", "3"));
        await SendAsync(receiver, "Fabrikam", new string('x', 200), ("10.0.0.1", "1"));
        await DeliveredAsync(receiver);
        using var close = await receiver.Client.PostAsync("/tickets/2/close", null, TestContext.Current.CancellationToken);

        await AssertGoodAsync(receiver, path, width, colors, expectMissing: path.EndsWith("999", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/", 1280, ColorScheme.Light)]
    [InlineData("/", 400, ColorScheme.Dark)]
    [InlineData("/deliveries?state=set-aside", 400, ColorScheme.Light)]
    [InlineData("/deliveries?state=waiting", 1280, ColorScheme.Dark)]
    [InlineData("/servers/", 1280, ColorScheme.Light)]
    [InlineData("/servers/", 400, ColorScheme.Dark)]
    public async Task The_pages_about_another_system_have_none_either(string path, int width, ColorScheme colors)
    {
        var ticketing = new FakeTicketing((message, _) => message.Server switch
        {
            "FS02" => new TicketingOutcome.Refused("Jira answered 400 BadRequest to POST /rest/api/3/issue: no such project.", "{\"errors\": {\"project\": \"no such project\"}}"),
            "FS03" => new TicketingOutcome.RetryLater("Jira cannot be reached at jira.example: connection refused.", TimeSpan.FromHours(1)),
            _ => new TicketingOutcome.Done("10042"),
        });
        await using var receiver = await OtherSystemAsync(ticketing);
        await SendAsync(receiver, "Contoso", "FS01", ("192.168.1.214", "12"));
        await DeliveredAsync(receiver);
        await SendAsync(receiver, "Contoso", "FS02", ("192.168.1.7", "3"));
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"), value => value == "1", "one set aside");
        await SendAsync(receiver, "Fabrikam", "FS03", ("192.168.1.8", "4"));
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_deliveries_total{result=\"failed\"}"), value => value == "1", "one failed");
        var home = await receiver.Client.GetStringAsync("/", TestContext.Current.CancellationToken);
        if (path == "/servers/")
        {
            path = home[home.IndexOf("/servers/", StringComparison.Ordinal)..].Split('"')[0];
        }

        await AssertGoodAsync(receiver, path, width, colors);
    }

    [Fact]
    public async Task Tickets_are_found_by_state_customer_and_words_without_script_and_closed_with_a_button()
    {
        await using var receiver = await RunningReceiver.StartAsync();

        // One after the other: servers are delivered for side by side, and their tickets are numbered in any order.
        await SendAsync(receiver, "Contoso", "FS01", ("192.168.1.214", "12"));
        await DeliveredAsync(receiver);
        await SendAsync(receiver, "Contoso", "FS02", ("192.168.1.7", "3"));
        await DeliveredAsync(receiver);
        await SendAsync(receiver, "Fabrikam & Söhne", "FS01", ("10.0.0.1", "1"));
        await SendAsync(receiver, "Fabrikam & Söhne", "FS01", ("10.0.0.77", "1"));
        await DeliveredAsync(receiver);
        var page = await _browser.OpenAsync($"{receiver.Client.BaseAddress}", 1280);

        await page.GetByRole(AriaRole.Button, new() { Name = "Close ticket #2" }).ClickAsync();
        Assert.Equal(3, await page.GetByRole(AriaRole.Article).CountAsync());
        await page.GetByLabel("State").SelectOptionAsync("closed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        Assert.Equal(["#2 SMB1 Traffic Detected on FS02"], await HeadingsAsync(page));

        await page.GetByLabel("State").SelectOptionAsync("");
        await page.GetByLabel("Customer").SelectOptionAsync("Fabrikam & Söhne");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        Assert.Equal(["#3 SMB1 Traffic Detected on FS01"], await HeadingsAsync(page));
        Assert.Equal("Fabrikam & Söhne", await page.GetByLabel("Customer").InputValueAsync());

        await page.GetByLabel("Customer").SelectOptionAsync("");
        foreach (var (words, found) in new[] { ("10.0.0.77", "#3"), ("fs02", "#2"), ("söhne", ""), ("Söhne", "#3"), ("1", "#3 #1 #2"), ("' OR 1=1 --", ""), ("100%", "") })
        {
            await page.GetByLabel("Search").FillAsync(words);
            await page.GetByLabel("Search").PressAsync("Enter");
            Assert.Equal((words, found), (words, string.Join(' ', (await HeadingsAsync(page)).Select(heading => heading.Split(' ')[0]))));
            Assert.Equal(words, await page.GetByLabel("Search").InputValueAsync());
        }

        Assert.Empty(_browser.Complaints);
    }

    [Fact]
    public async Task What_was_refused_is_sent_again_or_dropped_with_the_keyboard_and_told_on_the_tickets_page()
    {
        var mended = false;
        var ticketing = new FakeTicketing((_, _) => Volatile.Read(ref mended)
            ? new TicketingOutcome.Done("10042")
            : new TicketingOutcome.Refused("no such project", "the whole answer of the system"));
        await using var receiver = await OtherSystemAsync(ticketing);
        await SendAsync(receiver, "Contoso", "FS01", ("192.168.1.214", "12"));
        await SendAsync(receiver, "Contoso", "FS02", ("192.168.1.7", "3"));
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"), value => value == "2", "both set aside");
        Volatile.Write(ref mended, true);
        var page = await _browser.OpenAsync($"{receiver.Client.BaseAddress}deliveries?state=set-aside", 400);
        await page.GetByText("The whole answer").First.ClickAsync();
        Assert.True(await page.GetByText("the whole answer of the system").First.IsVisibleAsync());

        await PressAsync(page, "Drop the notification for FS02");
        Assert.EndsWith("/deliveries?state=set-aside", page.Url, StringComparison.Ordinal);
        await Assertions.Expect(page.GetByRole(AriaRole.Article)).ToHaveCountAsync(1);
        await PressAsync(page, "Send again the notification for FS01");
        await Assertions.Expect(page.GetByText("Nothing.")).ToHaveCountAsync(1);
        await DeliveredAsync(receiver);

        await page.GetByRole(AriaRole.Link, new() { Name = "Servers", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "FS01" }).ClickAsync();
        Assert.Contains("opened ticket 10042", await page.GetByRole(AriaRole.Table).InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("no such project", await page.GetByRole(AriaRole.Table).InnerTextAsync(), StringComparison.Ordinal);
        await page.GotoAsync($"{receiver.Client.BaseAddress}deliveries?state=dropped");
        Assert.Equal(1, await page.GetByRole(AriaRole.Article).CountAsync());
        Assert.Empty(_browser.Complaints);
    }

    private async Task AssertGoodAsync(RunningReceiver receiver, string path, int width, ColorScheme colors, bool expectMissing = false)
    {
        var page = await _browser.OpenAsync($"{receiver.Client.BaseAddress}{path[1..]}", width, colors, script: true);
        var name = path.Split('?')[0].Trim('/').Split('/')[0] is { Length: > 0 } first ? first : "home";
        await Browser.KeepPictureAsync(page, $"receiver-{name}-{width}-{colors}");

        Assert.Empty(await Browser.ViolationsAsync(page));
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "it scrolls sideways");
        Assert.DoesNotContain(_browser.Complaints, complaint => !expectMissing || !complaint.Contains("404", StringComparison.Ordinal));
    }

    private static async Task PressAsync(IPage page, string button)
    {
        var control = page.GetByRole(AriaRole.Button, new() { Name = button });
        await control.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(control).ToHaveCountAsync(0);
    }

    private static async Task<IReadOnlyList<string>> HeadingsAsync(IPage page) => await page.Locator("article h2").AllInnerTextsAsync();

    private static Task<RunningReceiver> OtherSystemAsync(ITicketingSystem ticketing) => RunningReceiver.StartAsync(
        services => services.AddSingleton(ticketing), ("Receiver:TicketingSystem", "Webhook"), ("Receiver:Webhook:Url", "http://127.0.0.1:9/"));

    private static async Task SendAsync(RunningReceiver receiver, string customer, string server, params (string Client, string Attempts)[] clients)
    {
        using var response = await receiver.Client.PostAlertsAsync(Payloads.Firing(customer, server, clients));
        response.EnsureSuccessStatusCode();
    }

    private static async Task DeliveredAsync(RunningReceiver receiver) =>
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_outbox_pending"), value => value == "0", "all delivered");
}
