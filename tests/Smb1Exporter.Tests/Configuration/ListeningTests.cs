using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Smb1Exporter.Configuration;

namespace Smb1Exporter.Tests.Configuration;

public class ListeningTests
{
    private const string DefaultUrl = "http://127.0.0.1:0";

    [Theory]
    [InlineData("Unrelated", "1", DefaultUrl)]
    [InlineData("urls", "", DefaultUrl)]
    [InlineData("urls", "http://127.0.0.2:0", "http://127.0.0.2:0")]
    [InlineData("http_ports", "10445", null)]
    [InlineData("Kestrel:Endpoints:A:Url", "http://127.0.0.3:0", null)]
    public void The_default_address_gives_way_to_any_setting_of_one(string key, string value, string? urls)
    {
        using var configuration = new ConfigurationManager();
        ConfigurationSources.Load(configuration, null, [new(key, value)]);
        Listening.UseDefault(configuration, DefaultUrl);
        Assert.Equal(urls, configuration["urls"]);
    }

    [Theory]
    [InlineData("Unrelated", "1", "127.0.0.1")]
    [InlineData("urls", "http://127.0.0.2:0", "127.0.0.2")]
    [InlineData("Kestrel:Endpoints:A:Url", "http://127.0.0.3:0", "127.0.0.3")]
    public async Task The_program_listens_there(string key, string value, string host)
    {
        await using var app = Build(key, value);
        Assert.True(await Listening.StartAsync(app, DefaultUrl, TestContext.Current.CancellationToken));
        Assert.Equal(host, new Uri(Assert.Single(app.Urls)).Host);
    }

    [Theory]
    [InlineData("urls", "nonsense", "nonsense")]
    [InlineData("urls", "http://192.0.2.1:0", "http://192.0.2.1:0")]
    [InlineData("urls", "ftp://127.0.0.1:0", "ftp://127.0.0.1:0")]
    [InlineData("Kestrel:Endpoints:A:Url", "nonsense", "nonsense")]
    public async Task A_wrong_address_is_told_with_the_reason_and_an_example(string key, string value, string shown)
    {
        var message = await MessageOfAsync(key, value);
        Assert.StartsWith($"Cannot listen on {shown}: ", message, StringComparison.Ordinal);
        Assert.EndsWith($". Correct Urls or Kestrel:Endpoints, for example --urls={DefaultUrl}.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("urls", "http://127.0.0.1:", "")]
    [InlineData("http_ports", "", "http_ports ")]
    public async Task An_address_in_use_is_told_with_the_ways_out(string key, string beforePort, string shownBefore)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var value = $"{beforePort}{((IPEndPoint)other.LocalEndpoint).Port}";
        var message = await MessageOfAsync(key, value);
        Assert.StartsWith($"Cannot listen on {shownBefore}{value}: ", message, StringComparison.Ordinal);
        Assert.EndsWith("Stop the program that uses the address, or listen on another one with --urls=http://HOST:PORT.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Told_to_stop_while_it_starts_it_ends_quietly()
    {
        await using var app = Build("urls", DefaultUrl);
        Assert.False(await Listening.StartAsync(app, DefaultUrl, new CancellationToken(canceled: true)));
    }

    private static async Task<string> MessageOfAsync(string key, string value)
    {
        await using var app = Build(key, value);
        var e = await Assert.ThrowsAsync<StartupException>(() => Listening.StartAsync(app, DefaultUrl, TestContext.Current.CancellationToken));
        return e.Message;
    }

    private static WebApplication Build(string key, string value)
    {
        var builder = WebApplication.CreateSlimBuilder();
        ConfigurationSources.Load(builder.Configuration, null, [new(key, value)]);
        Listening.UseDefault(builder.Configuration, DefaultUrl);
        builder.Logging.ClearProviders();
        return builder.Build();
    }
}
