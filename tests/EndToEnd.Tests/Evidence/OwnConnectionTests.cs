using System.Diagnostics;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>The exporter's own connections are no SMB1 clients, whatever happens to it.</summary>
public sealed class OwnConnectionTests
{
    private const string Client = "127.0.0.7";
    private const int Kills = 3;

    [Theory]
    [InlineData("SMB3")]
    [InlineData("NT1")]
    public async Task Connections_of_the_exporters_own_never_count_even_if_it_is_killed_while_it_asks(string maxProtocol)
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions
        {
            LogLevel = SambaServerOptions.Audited,
            GlobalLines = [$"server max protocol = {maxProtocol}"],
        });
        var size = 0L;
        for (var i = 0; i < Kills; i++)
        {
            var killed = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);
            await WhenLogGrowsAsync();
            killed.Process.Kill();
            await killed.Process.WaitForExitAsync(TimeSpan.FromSeconds(30));
            size = SizeOfLog();
        }

        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);
        var first = await exporter.ThenIsWatchedAsync();
        await exporter.WhenAnsweredAgainAsync(first);
        await SmbClient.ConnectAsync(samba, "NT1", Client);

        var scrape = await exporter.ThenCountsAsync(Client, 1);
        Assert.Equal([Client], scrape.AttemptsByClient().Keys);
        Assert.Equal(0, scrape.Of("smb1_audit_read_errors_total").Sum(errors => errors.Value));
        Assert.DoesNotContain("127.0.0.1</th>", await exporter.PageAsync(), StringComparison.Ordinal);

        async Task WhenLogGrowsAsync()
        {
            // More often than other conditions are looked at: the exporter is to die before it has seen what it wrote.
            var watch = Stopwatch.StartNew();
            while (SizeOfLog() == size)
            {
                Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "the exporter does not ask");
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }

        long SizeOfLog() => new FileInfo(samba.AuditLog) is { Exists: true, Length: var length } ? length : 0;
    }
}
