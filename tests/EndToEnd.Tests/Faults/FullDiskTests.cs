using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>The disk of the audit log is full: smbd serves on, and writes no more records.</summary>
public sealed class FullDiskTests
{
    private const string Counted = "127.0.0.2";
    private const string CountedAfterwards = "127.0.0.3";

    [FieldFact("A full /var/log on a file server with Samba 4.17: of ten sessions eight left no record")]
    public async Task Records_that_a_full_disk_swallows_are_told()
    {
        await using var site = new Site();
        var (disk, samba, exporter) = await GivenAuditingOnSmallDiskAsync(site);
        var gaps = (await exporter.ScrapeAsync()).ValueOf("smb1_audit_gaps_total");

        disk.Fill();
        var full = TimeProvider.System.GetUtcNow();
        await WhenClientLeavesNoRecordAsync(samba);

        await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => scrape.ValueOf("smb1_audit_gaps_total") > gaps || scrape.ValueOf("smb1_audit_source_up") == 0 || scrape.ValueOf("smb1_auditing_enabled") == 0,
            "a server whose SMB1 clients leave no records is not shown as watched",
            scrape => $"auditing {scrape.ValueOf("smb1_auditing_enabled")}, {scrape.Health()}");

        disk.Free();
        await SmbClient.ConnectAsync(samba, "NT1", CountedAfterwards);
        var end = await exporter.ThenCountsAsync(CountedAfterwards, 1);
        Assert.True(end.AttemptsByClient().GetValueOrDefault(Counted) == 1, end.Health());
        Assert.All(
            end.Of("smb1_audit_covered_since_timestamp_seconds").Where(since => since.Value != 0),
            since => Assert.True(since.Value >= full.ToUnixTimeSeconds(), "the time in which records were lost counts as covered"));
    }

    [FieldFact("A full /var/log on a file server with Samba 4.17: the check found nothing wrong")]
    public async Task The_check_names_the_full_disk_of_the_audit_log()
    {
        await using var site = new Site();
        var (disk, samba, exporter) = await GivenAuditingOnSmallDiskAsync(site);

        disk.Fill();
        await WhenClientLeavesNoRecordAsync(samba);

        var check = await Then.SoonAsync(
            () => site.CheckAsync(samba, exporter), check => check.ExitCode == 1, "the check finds a fault", check => check.Output);
        Assert.Contains(disk.Folder, check.Output, StringComparison.Ordinal);
        Assert.Contains("full", check.Output, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<(SmallDisk Disk, SambaServer Samba, ExporterProcess Exporter)> GivenAuditingOnSmallDiskAsync(Site site)
    {
        var disk = await site.SmallDiskAsync("log", kibibytes: 512);
        var samba = await site.SambaAsync(new SambaServerOptions { AuditLog = disk["auth_audit.log"] });
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();
        await SmbClient.ConnectAsync(samba, "NT1", Counted);
        await exporter.WhenCountedAsync(Counted, 1);
        return (disk, samba, exporter);
    }

    /// <summary>Some records may still fit into the last page of the log.</summary>
    private static async Task WhenClientLeavesNoRecordAsync(SambaServer samba)
    {
        for (var host = 10; host < 30; host++)
        {
            var client = $"127.0.0.{host}";
            await SmbClient.ConnectAsync(samba, "NT1", client);
            if (!(await File.ReadAllTextAsync(samba.AuditLog, TestContext.Current.CancellationToken)).Contains($":{client}:", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException("The disk of the audit log did not get full");
    }
}
