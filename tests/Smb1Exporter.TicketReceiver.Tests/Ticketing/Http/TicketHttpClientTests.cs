using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Configuration;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Http;

public sealed class TicketHttpClientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_a_private_authority_is_good_when_that_is_named_and_for_the_right_host_only()
    {
        await using var server = await ServerAsync(context => context.Response.WriteAsync("{}"), https: true);
        await File.WriteAllTextAsync(_folder["ca.pem"], _authority.Pem, TestContext.Current.CancellationToken);

        var refused = await LaterAsync(Client(server));
        Assert.Contains("Receiver:CaFile", refused.Why, StringComparison.Ordinal);
        await Client(server, _folder["ca.pem"]).SendAsync(TicketRequest.Get("x"), TestContext.Current.CancellationToken);

        using var other = new TestAuthority();
        await File.WriteAllTextAsync(_folder["other.pem"], other.Pem, TestContext.Current.CancellationToken);
        Assert.Contains("certificate", (await LaterAsync(Client(server, _folder["other.pem"]))).Why, StringComparison.Ordinal);
        var byName = new UriBuilder(server.Urls.First()) { Host = "localhost" }.Uri;
        Assert.Contains("certificate", (await LaterAsync(Client(byName, _folder["ca.pem"]))).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no certificate")]
    public async Task A_file_of_authorities_that_holds_none_is_told(string? content)
    {
        if (content is not null)
        {
            await File.WriteAllTextAsync(_folder["ca.pem"], content, TestContext.Current.CancellationToken);
        }

        var e = Assert.Throws<StartupException>(() => Client(new Uri("https://127.0.0.1/"), _folder["ca.pem"]));
        Assert.StartsWith($"Receiver:CaFile: {_folder["ca.pem"]}", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Wed, 25 Nov 2026 12:01:00 GMT", 60)]
    [InlineData("Wed, 25 Nov 2026 11:00:00 GMT", null)]
    [InlineData("soon", null)]
    public async Task The_time_that_a_system_asks_for_is_understood_in_both_forms(string retryAfter, int? seconds)
    {
        await using var server = await ServerAsync(context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        });

        Assert.Equal(seconds, (await LaterAsync(Client(server))).After?.TotalSeconds);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_says_where_it_points()
    {
        var requests = 0;
        await using var server = await ServerAsync(context =>
        {
            requests++;
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });

        Assert.Contains("points to /elsewhere", (await LaterAsync(Client(server))).Why, StringComparison.Ordinal);
        Assert.Equal(1, requests);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_short()
    {
        await using var server = await ServerAsync(async context =>
        {
            var block = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(block);
            }
        });

        Assert.NotEmpty((await LaterAsync(Client(server))).Why);
    }

    [Fact]
    public async Task A_name_that_nobody_knows_is_told()
    {
        var later = await LaterAsync(Client(new Uri("https://nowhere.invalid/")));
        Assert.StartsWith("The system cannot be reached at nowhere.invalid: ", later.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_is_sent_back_is_taken_out()
    {
        await using var server = await ServerAsync(async context =>
        {
            context.Response.StatusCode = 422;
            await context.Response.WriteAsync($"bad request with {context.Request.Headers.Authorization}");
        });

        var e = await Assert.ThrowsAsync<TicketingException>(() => Client(server).SendAsync(TicketRequest.Get("x"), TestContext.Current.CancellationToken));
        Assert.Equal(
            new TicketingOutcome.Refused("The system answered 422 UnprocessableEntity to GET /x: bad request with Bearer ***.", "bad request with Bearer ***"),
            e.Outcome);
    }

    private static TicketHttpClient Client(WebApplication server, string? caFile = null) => Client(new Uri(server.Urls.First() + "/"), caFile);

    private static TicketHttpClient Client(Uri address, string? caFile = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
        var secret = Secret.Of("S:Token", "hunter2");
        return new TicketHttpFactory(caFile, TimeSpan.FromSeconds(30), time).Create(
            address,
            "The system",
            (message, _) =>
            {
                message.Headers.Authorization = new("Bearer", secret.Reveal());
                return ValueTask.CompletedTask;
            },
            secret);
    }

    private static async Task<TicketingOutcome.RetryLater> LaterAsync(TicketHttpClient client)
    {
        var e = await Assert.ThrowsAsync<TicketingException>(() => client.SendAsync(TicketRequest.Get("x"), TestContext.Current.CancellationToken));
        return Assert.IsType<TicketingOutcome.RetryLater>(e.Outcome);
    }

    private async Task<WebApplication> ServerAsync(RequestDelegate answer, bool https = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (https)
            {
                listen.UseHttps(_authority.Issue(IPAddress.Loopback));
            }
        }));
        if (https)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
