using Microsoft.Playwright;
using Smb1Exporter.Auditing;
using Smb1Exporter.Naming;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.Tests.Verdicts;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Pages;

/// <summary>The exporter's page and report in a real Chromium.</summary>
[Collection(InOrder.Name)]
public sealed class PageInBrowserTests : IAsyncLifetime
{
    private readonly ExporterHarness _exporter = new();
    private Browser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Chromium is looked for where Debian puts it");
        _browser = await Browser.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _exporter.DisposeAsync();
    }

    [Theory]
    [InlineData("/", 1280, ColorScheme.Light)]
    [InlineData("/", 1280, ColorScheme.Dark)]
    [InlineData("/", 400, ColorScheme.Light)]
    [InlineData("/", 400, ColorScheme.Dark)]
    [InlineData("/report", 1280, ColorScheme.Light)]
    [InlineData("/report", 400, ColorScheme.Dark)]
    public async Task It_can_be_used_by_all_and_fits_the_window(string path, int width, ColorScheme colors)
    {
        await HappenAsync();
        var page = await _browser.OpenAsync(_exporter.Address + path[1..], width, colors, script: true);
        await Browser.KeepPictureAsync(page, $"exporter-{(path == "/" ? "page" : "report")}-{width}-{colors}".ToLowerInvariant());

        Assert.Empty(await Browser.ViolationsAsync(page));
        Assert.Empty(_browser.Complaints);
        Assert.True(
            await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width, "the page is wider than the window");
    }

    [Theory]
    [InlineData("ready")]
    [InlineData("source_down")]
    [InlineData("smb1_off")]
    [InlineData("unknown")]
    public async Task Every_verdict_can_be_read(string verdict)
    {
        await VerdictCases.All.First(one => one.Verdict == verdict && one.IsRunning).Happens(new Server(_exporter));
        var page = await _browser.OpenAsync(_exporter.Address.ToString(), 1280, ColorScheme.Dark, script: true);
        await Browser.KeepPictureAsync(page, $"exporter-verdict-{verdict}");
        Assert.Empty(await Browser.ViolationsAsync(page));
        Assert.Empty(_browser.Complaints);
    }

    [Fact]
    public async Task Five_thousand_clients_are_sorted_by_links_without_script()
    {
        const int Clients = 5000;
        await new Server(_exporter).InstallAsync($"--Exporter:MaxClients={Clients}");
        _exporter.Source.Say([.. Enumerable.Range(0, Clients).Select(i => _exporter.Attempt($"10.0.{i / 250}.{i % 250}", 1 + (i * 7919 % Clients)))]);
        await _exporter.WaitForAsync("smb1_tracked_clients", Clients);
        _exporter.Clock.Advance(TimeSpan.FromMinutes(3));
        await new Server(_exporter).AttemptAsync("10.0.7.7");

        var page = await _browser.OpenAsync(_exporter.Address.ToString(), 1280);
        var rows = page.Locator("table").Last.Locator("tbody tr");
        Assert.Equal(Clients, await rows.CountAsync());
        await Browser.KeepPictureAsync(page, "exporter-5000-clients", fullPage: false);
        Assert.Equal("descending", await Head(page, "Attempts").GetAttributeAsync("aria-sort"));
        Assert.Equal("5,000", await rows.First.Locator("td").Nth(1).InnerTextAsync());

        await Head(page, "Attempts").GetByRole(AriaRole.Link).ClickAsync();
        Assert.Equal("ascending", await Head(page, "Attempts").GetAttributeAsync("aria-sort"));
        Assert.Equal("1", await rows.First.Locator("td").Nth(1).InnerTextAsync());

        await Head(page, "Last seen").GetByRole(AriaRole.Link).ClickAsync();
        Assert.Equal("10.0.7.7", await rows.First.Locator("th").InnerTextAsync());
        Assert.Null(await Head(page, "Attempts").GetAttributeAsync("aria-sort"));

        // By number, not by text.
        await Head(page, "Client").GetByRole(AriaRole.Link).ClickAsync();
        Assert.Equal(["10.0.0.0", "10.0.0.1", "10.0.0.2"], (await rows.Locator("th").AllInnerTextsAsync()).Take(3));
        Assert.Empty(_browser.Complaints);
    }

    [Fact]
    public async Task The_report_needs_nothing_but_its_one_file()
    {
        await HappenAsync();
        using var folder = new TemporaryFolder();
        var file = folder["report.html"];
        await File.WriteAllTextAsync(file, await _exporter.GetTextAsync("/report"), TestContext.Current.CancellationToken);
        var page = await _browser.OpenAsync($"file://{file}", 1280);

        Assert.Contains("The last attempt was 4 days ago", await page.Locator(".verdict").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("[href], [src]").Locator("visible=true").CountAsync());
        Assert.Empty(_browser.Complaints);
    }

    private static ILocator Head(IPage page, string head) =>
        page.GetByRole(AriaRole.Columnheader, new PageGetByRoleOptions { Name = head, Exact = false });

    /// <summary>Forty days with clients, a gap and a name; the last attempt is four days old.</summary>
    private async Task HappenAsync()
    {
        var server = new Server(_exporter);
        await server.InstallAsync("--Exporter:ExcludedClients=10.9.0.0/16", "--Exporter:MaxClients=5");
        Pass(TimeSpan.FromDays(20));
        await server.LoseRecordsAsync();
        Pass(TimeSpan.FromDays(16));
        _exporter.Source.Say(
            _exporter.Attempt("192.168.1.214", 1234) with { ClientName = "SCANNER01" },
            _exporter.Attempt("2001:db8:1234:5678:9abc:def0:1234:5678", 17),
            _exporter.Attempt("10.0.0.3"),
            _exporter.Attempt("a-device-that-gives-its-name-and-not-its-address.contoso.example", 3),
            _exporter.Attempt("10.0.0.4"),
            _exporter.Attempt("10.0.0.5", 2),
            new AuditRecord(AuditRecordKind.Rejection, _exporter.Clock.GetUtcNow(), "", null, 1, "test"));
        await _exporter.WaitForAsync("smb1_tracked_clients", 5);
        _exporter.Names.Answers["10.0.0.3"] = Task.FromResult<string?>("old-label-printer-in-the-warehouse.contoso.example");
        Pass(TimeSpan.FromDays(4));
        await server.WaitForPageAsync(page =>
        {
            _exporter.Clock.Advance(NameWorker.Pause);
            return page.Contains("warehouse", StringComparison.Ordinal);
        });

        // Watched for a while only: looking minute by minute for forty days would take long.
        void Pass(TimeSpan time)
        {
            server.Pass(TimeSpan.FromHours(1));
            _exporter.Clock.Advance(time - TimeSpan.FromHours(1));
        }
    }
}
