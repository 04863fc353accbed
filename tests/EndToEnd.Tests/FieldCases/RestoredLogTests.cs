using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Logs that go back in time under the exporter.</summary>
public sealed class RestoredLogTests
{
    [FieldFact("log2ram, folder2ram, openmediavault's flash memory plugin: after a power cut the log is the copy last written to the disk")]
    public async Task After_a_power_cut_the_older_copy_of_a_log_is_not_counted_again_and_what_comes_after_it_is()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["audit.log"], TimeProvider.System);
        WriteClients(1, 3);
        File.Copy(log.Path, site["older"]);
        WriteClients(4, 6);
        var before = await site.ExporterForLogAsync(log.Path);
        await before.WhenCountedAsync(Client(6), 1);
        await before.EndAsync();

        File.Delete(log.Path);
        File.Copy(site["older"], log.Path);
        var after = await site.ExporterForLogAsync(log.Path);
        await Then.SoonAsync(
            after.ScrapeAsync, scrape => scrape.ValueOf("smb1_audit_gaps_total") == 1, "that the log lost something is told", scrape => scrape.Health());
        WriteClients(7, 8);

        var scrape = await after.ThenCountsAsync(Client(8), 1);
        Assert.Equal(Enumerable.Range(1, 8).ToDictionary(Client, _ => 1.0), scrape.AttemptsByClient().ToDictionary());

        void WriteClients(int first, int last)
        {
            for (var number = first; number <= last; number++)
            {
                log.WriteConnection(Client(number), 49000 + number);
            }
        }

        static string Client(int number) => $"10.7.0.{number}";
    }
}
