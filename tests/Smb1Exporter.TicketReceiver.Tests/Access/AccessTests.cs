using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Access;

public sealed class AccessTests : IDisposable
{
    private const string Token = "correct-horse";

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer ")]
    [InlineData("Bearer correct-horse2")]
    [InlineData("Basic !!!")]
    [InlineData("Basic Y29ycmVjdC1ob3JzZQ==")]
    [InlineData("Digest correct-horse")]
    public async Task Without_the_token_everything_but_health_and_metrics_is_401(string? authorization)
    {
        await using var receiver = await StartAsync();
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Post, "/alerts"), (HttpMethod.Get, "/"), (HttpMethod.Get, "/api/tickets"), (HttpMethod.Post, "/tickets/1/close"),
            (HttpMethod.Get, "/tickets/1"), (HttpMethod.Post, "/deliveries/1/again"), (HttpMethod.Get, "/nothing"),
        })
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await receiver.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, response.StatusCode));
            Assert.Equal(["Bearer", "Basic"], response.Headers.WwwAuthenticate.Select(header => header.Scheme));
        }

        Assert.Equal("1", await receiver.Client.MetricAsync("smb1_ticket_notifications_refused_total{reason=\"unauthorized\"}"));
        foreach (var path in new[] { "/-/healthy", "/-/ready", "/metrics" })
        {
            using var response = await receiver.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal((path, HttpStatusCode.OK), (path, response.StatusCode));
        }
    }

    [Fact]
    public async Task The_token_opens_as_bearer_and_as_the_password_of_a_browser()
    {
        await using var receiver = await StartAsync();
        foreach (var header in new[] { Bearer(Token), new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anyone:{Token}"))) })
        {
            receiver.Client.DefaultRequestHeaders.Authorization = header;
            using var stored = await receiver.Client.PostAlertsAsync(Payloads.Sample());
            using var page = await receiver.Client.GetAsync("/", TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (stored.StatusCode, page.StatusCode));
        }
    }

    [Fact]
    public async Task A_new_token_holds_at_once_and_a_broken_file_makes_senders_come_again()
    {
        await using var receiver = await StartAsync();
        receiver.Client.DefaultRequestHeaders.Authorization = Bearer("another");
        await File.WriteAllTextAsync(_folder["token"], "another\r\n", TestContext.Current.CancellationToken);
        using var stored = await receiver.Client.PostAlertsAsync(Payloads.Sample());
        await File.WriteAllTextAsync(_folder["token"], "", TestContext.Current.CancellationToken);
        using var broken = await receiver.Client.PostAlertsAsync(Payloads.Sample());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (stored.StatusCode, broken.StatusCode));
        Assert.DoesNotContain("another", receiver.LogText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 404)]
    [InlineData("Origin", "own", 404)]
    [InlineData("Host", "evil.example", 403)]
    [InlineData("Host", "localhost", 404)]
    public async Task A_page_of_another_site_can_close_no_ticket(string header, string value, int status)
    {
        await using var receiver = await RunningReceiver.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tickets/1/close");
        request.Headers.Add(header, value == "own" ? receiver.Client.BaseAddress!.GetLeftPart(UriPartial.Authority) : value);

        using var response = await receiver.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
    }

    public void Dispose() => _folder.Dispose();

    private static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    private async Task<RunningReceiver> StartAsync()
    {
        await File.WriteAllTextAsync(_folder["token"], Token + "\n", TestContext.Current.CancellationToken);
        return await RunningReceiver.StartAsync(("Receiver:TokenFile", _folder["token"]));
    }
}
