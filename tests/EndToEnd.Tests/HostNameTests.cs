using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>Machines of one short name are different servers.</summary>
public sealed class HostNameTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_machines_that_differ_behind_the_first_dot_are_two_servers_and_a_name_that_is_given_stays_as_it_is()
    {
        Assert.Equal("web.a.example", await HostNameOnAsync("web.a.example"));
        Assert.Equal("web.b.example", await HostNameOnAsync("web.b.example"));
        Assert.Equal("db", await HostNameOnAsync("db"));
        Assert.Equal("nas.of.c", await HostNameOnAsync("web.c.example", new Dictionary<string, string?> { ["OTEL_RESOURCE_ATTRIBUTES"] = "host.name=nas.of.c" }));
    }

    private async Task<string> HostNameOnAsync(string name, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var machine = await Machine.CreateAsync(_folder.Path, name);
        var folder = Directory.CreateDirectory(_folder[$"of-{name}"]).FullName;
        var log = new AuditLogWriter(Path.Combine(folder, "audit.log"), TimeProvider.System);
        log.WriteConnection("10.0.0.1", 1001);
        await using var exporter = await ExporterProcess.StartAsync(port => machine.Start(
            Programs.Exporter(Programs.PreferredBuild),
            [.. ExporterArguments.ForLog(folder, log.Path).Where(argument => !argument.Contains("HostName", StringComparison.Ordinal)), "--urls", $"http://127.0.0.1:{port}"],
            environment));
        return Assert.Single((await exporter.ScrapeAsync()).Of("smb1_tracked_clients"))["host_name"];
    }
}
