using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Servers whose logging is set up for something else already: syslog, a NAS, an agent that reads the records.</summary>
public sealed class SambaLoggingTests
{
    [FieldFact("Guix's own example, many appliances: logging = syslog@1, with which smbd writes no log files")]
    public async Task Where_smbd_logs_to_syslog_attempts_are_counted_or_told_to_be_missed()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { GlobalLines = ["logging = syslog@1"] });

        await AttemptsAreCountedOrToldToBeMissedAsync(site, samba, $"--Exporter:Samba:AuditLog={samba.AuditLog}");
    }

    [FieldFact("openmediavault: syslog only = yes by default, and \"log level\" twice after its fail2ban guide")]
    public async Task In_the_smb_conf_of_openmediavault_attempts_are_counted_or_told_to_be_missed()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(FieldSmbConf.Options("openmediavault-smb.conf"));

        await AttemptsAreCountedOrToldToBeMissedAsync(site, samba);
    }

    [FieldFact("Wazuh and other SIEM agents: they read auth_json_audit:3 from smbd's general log")]
    public async Task An_agent_that_reads_the_records_in_smbds_general_log_goes_on_getting_them()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions
        {
            LogLevel = "1 auth_audit:3 auth_json_audit:3",
            GlobalLines = ["logging = file"],
        });
        await SmbClient.ConnectAsync(samba, "NT1", "127.0.0.4");
        await Eventually.TrueAsync(() => AgentFinds("127.0.0.4"), "the agent gets records before the exporter runs");

        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();
        await SmbClient.ConnectAsync(samba, "NT1", "127.0.0.5");

        await exporter.ThenCountsAsync("127.0.0.5", 1);
        await Then.SoonAsync(
            () => Task.FromResult(AgentFinds("127.0.0.5")),
            found => found,
            "the agent finds the next client in the file that it reads",
            _ => string.Join(" | ", File.ReadLines(samba.ConfigFile).Where(line => line.Contains("log level", StringComparison.Ordinal))));

        bool AgentFinds(string client) => File.ReadLines(samba.GeneralLog).Any(line =>
            line.Contains("\"type\": \"Authentication\"", StringComparison.Ordinal)
            && line.Contains($"ipv4:{client}:", StringComparison.Ordinal));
    }

    /// <summary>Auditing that is called on while nothing is counted ends in "ready", which must not be.</summary>
    private static async Task AttemptsAreCountedOrToldToBeMissedAsync(Site site, SambaServer samba, params string[] settings)
    {
        var before = await FieldSmbConf.ReadAsync(samba);
        settings = [$"--Exporter:Samba:ConfigFile={samba.ConfigFile}", .. ExporterArguments.AskOnly(samba), .. settings];
        var exporter = await site.ExporterAsync(null, settings);
        await exporter.WhenAsync(scrape => scrape.Of("smb1_auditing_enabled").Count > 0, "auditing has been looked at");
        await SmbClient.ConnectAsync(samba, "NT1");
        await SmbClient.ConnectAsync(samba, "NT1");

        await Then.SoonAsync(
            LookAsync,
            seen => (seen.Counted == 2 && seen.LinesChanged.Count == 1)
                || (seen.AuditingEnabled == 0 && seen.LinesChanged.Count == 0 && NamesTheCause(seen.Check)),
            "two attempts are counted with one line of smb.conf changed, or auditing is off, smb.conf as it was, and check names the cause",
            seen => $"{seen}, lines changed: {string.Join('|', seen.LinesChanged)}");

        async Task<Seen> LookAsync()
        {
            var scrape = await exporter.ScrapeAsync();
            return new Seen(
                scrape.ValueOf("smb1_auditing_enabled"),
                scrape.AttemptsByClient().GetValueOrDefault("127.0.0.1"),
                FieldSmbConf.LinesChanged(before, await FieldSmbConf.ReadAsync(samba)),
                await CheckAsync());
        }

        async Task<string> CheckAsync()
        {
            await using var check = await ChildProcess.RunAsync(
                Programs.Exporter(Programs.PreferredBuild),
                ["check", "--Exporter:Source=Samba", $"--Exporter:StateFile={site["exporter.db"]}", .. settings]);
            return check.Output;
        }
    }

    private static bool NamesTheCause(string check) =>
        check.Contains("logging", StringComparison.OrdinalIgnoreCase) || check.Contains("syslog", StringComparison.OrdinalIgnoreCase);

    private sealed record Seen(double AuditingEnabled, double Counted, IReadOnlyList<string> LinesChanged, string Check);
}
