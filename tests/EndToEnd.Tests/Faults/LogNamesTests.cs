using System.IO.Compression;
using System.Text;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>Logs whose names mislead, and very many of them.</summary>
public sealed class LogNamesTests
{
    private const string Client = "10.9.7.1";
    private const string Later = "10.9.7.2";
    private const string Other = "10.9.7.66";

    [FieldFact("log file = audit.%m, devices called nas.z, archive.zip and X.GZ.1: their logs were never read")]
    public async Task Logs_of_devices_named_like_archives_are_read_and_compressed_logs_are_left_alone()
    {
        await using var site = new Site();
        string[] devices = ["nas.z", "archive.zip", "X.GZ.1"];
        foreach (var (number, device) in devices.Index())
        {
            LogOf(device).WriteConnection($"10.9.8.{number + 1}", port: 1);
        }

        await using (var archive = new GZipStream(File.Create(site["audit.nas.gz"]), CompressionLevel.Fastest))
        {
            await archive.WriteAsync(Encoding.UTF8.GetBytes(LogOf("nas").Record($"ipv4:{Other}:4")), TestContext.Current.CancellationToken);
        }

        var exporter = await site.ExporterForLogAsync(site["audit.%m"]);
        LogOf("pc7").WriteConnection(Client, port: 1);
        await exporter.ThenCountsAsync(Client, 1);
        LogOf("late.bz2").WriteConnection(Later, port: 1);

        var end = await exporter.ThenCountsAsync(Later, 1);
        Assert.Equal(
            [Client, Later, "10.9.8.1", "10.9.8.2", "10.9.8.3"],
            end.AttemptsByClient().Where(client => client.Value == 1).Select(client => client.Key).Order(StringComparer.Ordinal));
        Assert.Equal(0, end.ValueOf("smb1_audit_gaps_total"));
        Assert.Equal(0, end.Of("smb1_audit_read_errors_total").Sum(errors => errors.Value));

        AuditLogWriter LogOf(string device) => new(site[$"audit.{device}"], TimeProvider.System);
    }

    [FieldFact("/var/log/samba/auth_audit.log as a symbolic link to a file on a larger disk, of another name")]
    public async Task A_log_that_is_a_symbolic_link_to_a_file_of_another_name_is_followed_and_through_its_rotation()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(TargetOfLink(site), TimeProvider.System);
        var exporter = await site.ExporterForLogAsync(site["auth_audit.log"]);

        log.WriteConnection(Client, port: 1);
        await exporter.ThenCountsAsync(Client, 1);
        log.WriteConnection(Client, port: 2);
        log.RotateByRename();
        log.WriteConnection(Later, port: 1);

        var end = await exporter.ThenCountsAsync(Later, 1);
        Assert.Equal(2, end.AttemptsByClient()[Client]);
        Assert.Equal(0, end.ValueOf("smb1_audit_gaps_total"));
    }

    [FieldFact("A symbolic link as the log, written by smbd: \"smbd audits but does not have it open\"")]
    public async Task Auditing_into_a_log_that_is_a_symbolic_link_is_on()
    {
        await using var site = new Site();
        TargetOfLink(site);
        var samba = await site.SambaAsync(new SambaServerOptions { AuditLog = site["auth_audit.log"], LogLevel = SambaServerOptions.Audited });

        var exporter = await site.ExporterForSambaAsync(samba);

        await exporter.ThenAuditsAsync();
        await SmbClient.ConnectAsync(samba, "NT1");
        await exporter.ThenCountsAsync("127.0.0.1", 1);
    }

    [FieldFact("log file = audit.%m on a server with 3,000 devices: a third of a core while nothing changed")]
    public async Task With_3000_logs_it_is_idle_while_nothing_changes_and_counts_what_comes()
    {
        const int Logs = 3000;
        await using var site = new Site();
        for (var device = 0; device < Logs; device++)
        {
            LogOf(device).WriteConnection($"10.10.{device / 250}.{(device % 250) + 1}", port: 1);
        }

        var exporter = await site.ExporterForLogAsync(Path.Combine(site["log"], "audit.%m"), "--Exporter:MaxClients=4000");
        await exporter.WhenAsync(scrape => scrape.AttemptsByClient().Values.Sum() == Logs, "each device is counted");
        await exporter.ThenIsIdleAsync(atMost: 0.1);

        LogOf(Logs / 2).WriteConnection(Later, port: 1);
        await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => scrape.AttemptsByClient().GetValueOrDefault(Later) == 1,
            "what comes into one of them is counted within seconds",
            scrape => scrape.Health(),
            within: TimeSpan.FromSeconds(20));

        AuditLogWriter LogOf(int device) => new(Path.Combine(site.Subfolder("log"), $"audit.device{device}"), TimeProvider.System);
    }

    [FieldFact("log file = audit.%m, and a client that calls itself by 10,000 names: 143 s for each look at the logs")]
    public async Task A_client_with_10000_names_does_not_keep_others_from_being_counted()
    {
        const int Names = 10_000;
        await using var site = new Site();
        var log = LogOf("pc7");
        log.WriteConnection(Client, port: 1);
        var exporter = await site.ExporterForLogAsync(Path.Combine(site["log"], "audit.%m"));
        await exporter.WhenCountedAsync(Client, 1);

        for (var name = 0; name < Names; name++)
        {
            LogOf($"name{name}").WriteConnection(Other, port: 1 + name);
        }

        log.WriteConnection(Later, port: 1);
        await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => scrape.AttemptsByClient().GetValueOrDefault(Later) == 1,
            "another client is counted within half a minute",
            scrape => scrape.Health(),
            within: TimeSpan.FromSeconds(30));
        await exporter.ThenIsIdleAsync(atMost: 0.2);

        AuditLogWriter LogOf(string device) => new(Path.Combine(site.Subfolder("log"), $"audit.{device}"), TimeProvider.System);
    }

    /// <summary>An empty file behind the symbolic link auth_audit.log.</summary>
    private static string TargetOfLink(Site site)
    {
        var target = Path.Combine(site.Subfolder("larger-disk"), "records-of-fs01");
        File.WriteAllText(target, "");
        File.CreateSymbolicLink(site["auth_audit.log"], target);
        return target;
    }
}
