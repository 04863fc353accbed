using Smb1Exporter.Exposition;
using Smb1Exporter.Hosting;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.Hosting;

[Collection(InOrder.Name)]
public sealed class HostResourceTests : IAsyncDisposable
{
    private static readonly MachineName Web = new("web", "web.a.example");
    private readonly ExporterHarness _exporter = new();

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Theory]
    [InlineData("Auto", null, "web.a.example", true, false)]
    [InlineData("Auto", "web", "web", false, true)]
    [InlineData("Auto", "web.a.example", "web.a.example", true, false)]
    [InlineData("Auto", "db", "web.a.example", true, false)]
    [InlineData("Short", "web.a.example", "web", false, false)]
    [InlineData("Full", "web", "web.a.example", true, false)]
    public void Whoever_showed_the_short_name_keeps_it_until_told_otherwise(string form, string? before, string expected, bool isWhole, bool isKeptShort)
    {
        var resource = new HostResource(new ExpositionOptions { HostNameForm = Enum.Parse<HostNameForm>(form) }, Web, before);
        Assert.Equal((expected, isWhole, isKeptShort), (resource.HostName, resource.IsWhole, resource.IsKeptShort));
    }

    [Theory]
    [InlineData("Auto")]
    [InlineData("Full")]
    public void Two_machines_of_one_short_name_are_two_servers(string form) => Assert.NotEqual(
        new HostResource(new ExpositionOptions { HostNameForm = Enum.Parse<HostNameForm>(form) }, Web, null).HostName,
        new HostResource(new ExpositionOptions { HostNameForm = Enum.Parse<HostNameForm>(form) }, new("web", "web.b.example"), null).HostName);

    [Theory]
    [InlineData("FS01", "FS01", "FS01")]
    [InlineData("FS01", "fs01", "FS01")]
    [InlineData("FILESERVER-BERL", "fileserver-berlin-01", "fileserver-berlin-01")]
    public void Only_a_name_that_is_cut_is_shown_otherwise(string brief, string whole, string expected) =>
        Assert.Equal(expected, new HostResource(new ExpositionOptions(), new(brief, whole), null).HostName);

    [Fact]
    public void A_name_that_is_set_is_shown_as_it_is()
    {
        var resource = new HostResource(new ExpositionOptions { HostName = "nas.b.example" }, Web, "web");
        Assert.Equal(("nas.b.example", false, false), (resource.HostName, resource.IsWhole, resource.IsKeptShort));
    }

    [Fact]
    public async Task A_machine_that_gets_dots_into_its_name_later_stays_the_same_server_and_is_told_of()
    {
        _exporter.MachineName = new MachineName("web", "web");
        await StartAsync();
        await _exporter.StopAsync();
        _exporter.MachineName = Web;
        await StartAsync();
        Assert.Contains("host_name=\"web\"", await _exporter.GetTextAsync("/metrics"), StringComparison.Ordinal);
        var told = Assert.Single(_exporter.Logs.GetSnapshot(), record => record.Message.Contains("host_name", StringComparison.Ordinal)).Message;
        Assert.Contains("This machine is called web.a.example, but host_name stays web", told, StringComparison.Ordinal);
        Assert.Contains("Set Exporter:HostNameForm to Full", told, StringComparison.Ordinal);

        await _exporter.StopAsync();
        await StartAsync("--Exporter:HostNameForm=Full");
        Assert.Contains("host_name=\"web.a.example\"", await _exporter.GetTextAsync("/metrics"), StringComparison.Ordinal);
        await _exporter.StopAsync();
        await StartAsync();
        Assert.Contains("host_name=\"web.a.example\"", await _exporter.GetTextAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_installation_shows_the_whole_name_and_says_how_to_have_the_short_one()
    {
        _exporter.MachineName = Web;
        await StartAsync();
        Assert.Contains("host_name=\"web.a.example\"", await _exporter.GetTextAsync("/metrics"), StringComparison.Ordinal);
        Assert.Contains(
            _exporter.Logs.GetSnapshot(),
            record => record.Message == "The label host_name is web.a.example, the whole name of this machine. Exporter:HostNameForm=Short makes it web.");
        Assert.DoesNotContain(_exporter.Logs.GetSnapshot(), record => record.Message.Contains("stays", StringComparison.Ordinal));
    }

    private Task StartAsync(params string[] arguments) => _exporter.StartAsync(["--Exporter:HostName=", .. arguments]);
}
