using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>A client is forgotten by the program that runs, because another process of it asks for that.</summary>
public sealed class ForgetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_forgotten_client_gives_its_place_to_the_next_one_and_stays_forgotten_over_a_kill()
    {
        var log = new AuditLogWriter(_folder["audit.log"], TimeProvider.System);
        log.WriteConnection("10.0.0.1", 1001);
        string[] arguments = [.. ExporterArguments.ForLog(_folder.Path, log.Path), "--Exporter:MaxClients=1"];
        await using (var exporter = await ExporterProcess.StartAsync(Programs.PreferredBuild, arguments))
        {
            await exporter.WhenCountedAsync("10.0.0.1", 1);
            log.WriteConnection("10.0.0.2", 1001);
            await exporter.WhenCountedAsync("other", 1);

            await using (var forget = await ChildProcess.RunAsync(Programs.Exporter(Programs.PreferredBuild), ["forget", "10.0.0.1", .. arguments]))
            {
                Assert.Equal((0, "10.0.0.1 is forgotten; 0 of 1 places are taken."), (forget.ExitCode, forget.Output.Trim()));
            }

            log.WriteConnection("10.0.0.2", 1002);
            await exporter.ThenCountsAsync("10.0.0.2", 1);
            exporter.Process.Kill();
            await exporter.Process.WaitForExitAsync(TimeSpan.FromSeconds(30));
        }

        await using var again = await ExporterProcess.StartAsync(Programs.PreferredBuild, arguments);
        Assert.Equal(["10.0.0.2", "other"], (await again.ScrapeAsync()).AttemptsByClient().Keys.Order());
    }
}
