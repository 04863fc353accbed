using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Serving;

namespace Smb1Exporter.Tests.Serving;

public class OwnNamesTests
{
    [Theory]
    [InlineData(null, "", true)]
    [InlineData(null, "192.0.2.1", true)]
    [InlineData(null, "[2001:db8::1]", true)]
    [InlineData(null, "LOCALHOST", true)]
    [InlineData(null, "fs01", true)]
    [InlineData(null, "FS01.contoso.example.", true)]
    [InlineData(null, "fs01.stranger.example", false)]
    [InlineData(null, "stranger.example", false)]
    [InlineData(null, "localhost.stranger.example", false)]
    [InlineData("files.contoso.example; other", "other", true)]
    [InlineData("files.contoso.example; other", "files.contoso.example", true)]
    [InlineData("files.contoso.example; other", "files.stranger.example", false)]
    [InlineData("*.contoso.example", "files.contoso.example", true)]
    [InlineData("*.contoso.example", ".contoso.example", false)]
    [InlineData("*.contoso.example", "contoso.example", false)]
    [InlineData("*.contoso.example", "evilcontoso.example", false)]
    [InlineData("*", "stranger.example", true)]
    public async Task Only_what_can_mean_this_machine_is_its_name(string? allowedHosts, string host, bool isOwn)
    {
        var names = new OwnNames(allowedHosts, ["FS01"], () => Task.FromResult<string?>("fs01.contoso.example"), TimeProvider.System);
        Assert.Equal(isOwn, await names.ContainsAsync(host, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_full_name_that_was_not_found_is_asked_for_again_after_a_minute()
    {
        var clock = new FakeTimeProvider();
        var asked = 0;
        var names = new OwnNames(null, ["FS01"], () => Task.FromResult(++asked == 1 ? null : "fs01.contoso.example"), clock);
        Assert.False(await IsOwnAsync());
        Assert.False(await IsOwnAsync());
        Assert.Equal(1, asked);

        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.True(await IsOwnAsync());
        clock.Advance(TimeSpan.FromDays(1));
        Assert.True(await IsOwnAsync());
        Assert.Equal(2, asked);

        Task<bool> IsOwnAsync() => names.ContainsAsync("fs01.contoso.example", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_machines_own_names_are_known()
    {
        var names = new OwnNames(null, "shown-name", TimeProvider.System);
        Assert.True(await names.ContainsAsync("shown-name", TestContext.Current.CancellationToken));
        Assert.True(await names.ContainsAsync(Environment.MachineName, TestContext.Current.CancellationToken));
    }
}
