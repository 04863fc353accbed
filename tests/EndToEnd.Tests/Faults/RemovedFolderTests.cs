using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>The folder of the audit log is not there: smbd serves on, and writes no records.</summary>
public sealed class RemovedFolderTests
{
    private const string Before = "127.0.0.2";
    private const string After = "127.0.0.3";
    private static readonly TimeSpan ToldWithin = TimeSpan.FromMinutes(1);

    [FieldFact("A clean-up of /var/log removed the folder under smbd: noticed after an hour")]
    public async Task A_log_folder_that_is_removed_under_smbd_is_told_within_a_minute()
    {
        await using var site = new Site();
        site.Subfolder("log");
        var samba = await SambaWithLogInFolderAsync(site);
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();
        await SmbClient.ConnectAsync(samba, "NT1", Before);
        await exporter.WhenCountedAsync(Before, 1);

        Directory.Delete(site["log"], recursive: true);
        await ThenIsNotShownAsWatchedAsync(exporter);

        site.Subfolder("log");
        await samba.ReloadAsync();
        await ThenIsWatchedAgainAsync(samba, exporter);
        Assert.Equal(1, (await exporter.ScrapeAsync()).AttemptsByClient()[Before]);
    }

    [FieldFact("A log folder that a mount or a provisioning tool brings after the start: noticed after an hour")]
    public async Task A_log_folder_that_is_made_after_the_start_is_noticed_within_a_minute()
    {
        await using var site = new Site();
        var samba = await SambaWithLogInFolderAsync(site);
        var exporter = await site.ExporterForSambaAsync(samba, "--Exporter:EnableAuditing=false");
        await ThenIsNotShownAsWatchedAsync(exporter);

        site.Subfolder("log");
        await samba.ReloadAsync();
        await ThenIsWatchedAgainAsync(samba, exporter);
    }

    private static Task<SambaServer> SambaWithLogInFolderAsync(Site site) => site.SambaAsync(new SambaServerOptions
    {
        AuditLog = Path.Combine(site["log"], "auth_audit.log"),
        LogLevel = SambaServerOptions.Audited,
    });

    private static Task<PrometheusText> ThenIsNotShownAsWatchedAsync(ExporterProcess exporter) => Then.SoonAsync(
        exporter.ScrapeAsync,
        scrape => scrape.Of("smb1_audit_source_up") is [{ Value: 0 }] || scrape.Of("smb1_auditing_enabled") is [{ Value: 0 }],
        "a server whose SMB1 clients leave no records is not shown as watched",
        Shown,
        ToldWithin);

    private static async Task ThenIsWatchedAgainAsync(SambaServer samba, ExporterProcess exporter)
    {
        await SmbClient.ConnectAsync(samba, "NT1", After);
        await Eventually.TrueAsync(() => File.Exists(samba.AuditLog), "smbd writes its log again");
        await exporter.ThenCountsAsync(After, 1);
        await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => scrape.Of("smb1_audit_source_up") is [{ Value: 1 }] && scrape.Of("smb1_auditing_enabled") is [{ Value: 1 }],
            "the server is shown as watched",
            Shown,
            ToldWithin);
    }

    private static string Shown(PrometheusText scrape) =>
        $"auditing {string.Join(' ', scrape.Of("smb1_auditing_enabled").Select(sample => sample.Value))}, {scrape.Health()}";
}
