using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Ways in which audit logs are rotated that are neither Samba's own nor logrotate's default.</summary>
public sealed class LogRotationTests
{
    [FieldFact("openmediavault-fail2ban#39: cron moves auth_json_audit.log to auth_json_audit_1.log and touches a new one; nobody tells smbd")]
    public async Task A_log_that_is_moved_aside_by_hand_loses_no_attempt_without_a_gap_and_counts_none_twice()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions
        {
            LogLevel = SambaServerOptions.Audited,
            AuditLog = Path.Combine(site.Subfolder("log"), "auth_json_audit.log"),
        });
        var exporter = await StartExporterAsync();
        await SmbClient.ConnectAsync(samba, "NT1");
        await exporter.ThenCountsAsync("127.0.0.1", 1);

        MoveAside(samba.AuditLog);
        await SmbClient.ConnectAsync(samba, "NT1");
        await SmbClient.ConnectAsync(samba, "NT1");
        await exporter.ThenCountsAsync("127.0.0.1", 3);
        MoveAside(samba.AuditLog);
        await SmbClient.ConnectAsync(samba, "NT1");
        await exporter.ThenCountsAsync("127.0.0.1", 4);

        exporter.Process.Terminate();
        await exporter.Process.WaitForExitAsync(TimeSpan.FromSeconds(30));
        await SmbClient.ConnectAsync(samba, "NT1");
        MoveAside(samba.AuditLog);
        await SmbClient.ConnectAsync(samba, "NT1");
        exporter = await StartExporterAsync();
        await SmbClient.ConnectAsync(samba, "NT1", "127.0.0.9");
        var scrape = await exporter.ThenCountsAsync("127.0.0.9", 1);

        var counted = scrape.AttemptsByClient()["127.0.0.1"];
        Assert.True(counted <= 6, $"of 6 attempts {counted} were counted");
        Assert.True(counted == 6 || scrape.ValueOf("smb1_audit_gaps_total") >= 1, $"of 6 attempts {counted} were counted; {scrape.Health()}");

        // Where the log is, smb.conf says.
        Task<ExporterProcess> StartExporterAsync() => site.ExporterAsync(
            null, [$"--Exporter:Samba:ConfigFile={samba.ConfigFile}", .. ExporterArguments.AskOnly(samba)]);
    }

    [FieldFact("Red Hat 9 and Fedora, /etc/logrotate.d/samba: copytruncate into olddir, compress, for /var/log/samba/*log*")]
    public async Task Rotations_of_a_log_that_has_been_read_are_no_gaps()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/logrotate"), "needs the Debian package logrotate");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "\"su root root\" of the distribution's file needs root");
        await using var site = new Site();
        site.Subfolder("samba/old");
        var log = new AuditLogWriter(Path.Combine(site["samba"], "auth_audit.log"), TimeProvider.System);
        WriteConnections(4);
        var exporter = await site.ExporterForLogAsync(log.Path);
        await exporter.ThenCountsAsync("10.7.0.41", 4);

        // Less is written after each rotation than before it, so that nobody can miss that the file became shorter.
        for (var round = 1; round <= 3; round++)
        {
            await RotateAsync(round);
            WriteConnections(4 - round);
            await exporter.ThenCountsAsync("10.7.0.41", log.Records);
        }

        var gaps = (await exporter.ScrapeAsync()).ValueOf("smb1_audit_gaps_total");
        Assert.True(gaps == 0, $"3 rotations that lost nothing are {gaps} gaps");

        void WriteConnections(int count)
        {
            for (var i = 0; i < count; i++)
            {
                log.WriteConnection("10.7.0.41", 40001 + log.Records);
            }
        }

        async Task RotateAsync(int round)
        {
            await File.WriteAllTextAsync(site["logrotate.conf"], FieldSample.Read("redhat-logrotate.conf")
                .Replace("@FOLDER@", site["samba"], StringComparison.Ordinal)
                .Replace("@ROUND@", $"{round}", StringComparison.Ordinal));
            await using var logrotate = await ChildProcess.RunAsync(
                "/usr/sbin/logrotate", ["--force", "--state", site["logrotate.state"], site["logrotate.conf"]]);
            var rotated = Directory.GetFiles(site["samba/old"]).Length;
            if (logrotate.ExitCode != 0 || rotated != round)
            {
                throw new InvalidOperationException(
                    $"logrotate ended with {logrotate.ExitCode}, {rotated} files of {round}: {logrotate.Output}");
            }
        }
    }

    private static void MoveAside(string log)
    {
        var first = log.Replace(".log", "_1.log", StringComparison.Ordinal);
        var second = log.Replace(".log", "_2.log", StringComparison.Ordinal);
        if (File.Exists(first))
        {
            File.Move(first, second, overwrite: true);
        }

        File.Move(log, first);
        File.Create(log).Dispose();
    }
}
