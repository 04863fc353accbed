using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>Real rotation of the audit log, by Samba itself and by logrotate, loses and repeats nothing.</summary>
public sealed class RotationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Samba_rotates_by_size()
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "smbd needs root and the Debian packages samba and smbclient");
        await using var samba = await SambaServer.StartAsync(
            _folder.Path,
            new SambaServerOptions { LogLevel = SambaServerOptions.Audited, MaxLogSize = 5 },
            TestContext.Current.CancellationToken);
        await using var exporter = await ExporterProcess.StartAsync(
            Programs.PreferredBuild, ExporterArguments.ForSamba(_folder.Path, samba));

        // About five connections fill a file, so the log is rotated several times.
        for (var connection = 1; connection <= 24; connection++)
        {
            await SmbClient.ConnectAsync(samba, "NT1");

            // Samba keeps one old file only: like any reader, the exporter must look at it before the next rotation.
            if (connection % 4 == 0)
            {
                await exporter.WhenCountedAsync("127.0.0.1", connection);
            }
        }

        Assert.True(File.Exists($"{samba.AuditLog}.old"), "Samba did not rotate");
        await SmbClient.ConnectAsync(samba, "NT1", "127.0.0.9");
        await AssertExactAsync(exporter, "127.0.0.1", 24, marker: "127.0.0.9");
    }

    [Theory]
    [InlineData("create")]
    [InlineData("copytruncate")]
    public async Task Logrotate_rotates(string method)
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/logrotate"), "needs the Debian package logrotate");
        var log = new AuditLogWriter(_folder["audit.log"], TimeProvider.System);
        log.WriteConnection("10.0.0.1", 1);
        await using var exporter = await ExporterProcess.StartAsync(
            Programs.PreferredBuild, ExporterArguments.ForLog(_folder.Path, log.Path));
        for (var connection = 2; connection <= 9; connection++)
        {
            log.WriteConnection("10.0.0.1", connection, records: 2);
            if (connection % 3 == 0)
            {
                // Copying and truncating are two steps: what is written between them is lost, to any reader. So all is read before.
                await exporter.WhenCountedAsync("10.0.0.1", connection);
                await LogrotateAsync(method);
            }
        }

        Assert.True(File.Exists($"{log.Path}.3"), "logrotate did not rotate three times");
        log.WriteConnection("10.0.0.1", 10);
        log.WriteConnection("10.0.0.9", 1);
        await AssertExactAsync(exporter, "10.0.0.1", 10, marker: "10.0.0.9");
    }

    [Fact]
    public async Task Logrotate_rotates_while_the_exporter_is_down()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/logrotate"), "needs the Debian package logrotate");
        var log = new AuditLogWriter(_folder["audit.log"], TimeProvider.System);
        var arguments = ExporterArguments.ForLog(_folder.Path, log.Path);
        log.WriteConnection("10.0.0.1", 1);
        await using (var before = await ExporterProcess.StartAsync(Programs.PreferredBuild, arguments))
        {
            await before.WhenCountedAsync("10.0.0.1", 1);
        }

        log.WriteConnection("10.0.0.1", 2);
        await LogrotateAsync("create");
        log.WriteConnection("10.0.0.1", 3);
        await using var exporter = await ExporterProcess.StartAsync(Programs.PreferredBuild, arguments);

        log.WriteConnection("10.0.0.9", 1);
        await AssertExactAsync(exporter, "10.0.0.1", 3, marker: "10.0.0.9");
    }

    private async Task LogrotateAsync(string method)
    {
        var configuration = _folder["logrotate.conf"];
        var owner = Environment.IsPrivilegedProcess ? "su root root\n" : "";
        await File.WriteAllTextAsync(configuration, $"{_folder["audit.log"]} {{\n{owner}rotate 5\n{method}\n}}\n");
        await using var logrotate = await ChildProcess.RunAsync(
            "/usr/sbin/logrotate", ["--force", "--state", _folder["logrotate.state"], configuration]);
        Assert.True(logrotate.ExitCode == 0, logrotate.Output);
    }

    /// <summary>After a marker that came last is shown, all before it is: exactly as many attempts, and nothing that could not be read.</summary>
    private static async Task AssertExactAsync(ExporterProcess exporter, string client, double attempts, string marker)
    {
        var scrape = await exporter.WhenCountedAsync(marker, 1);
        Assert.Equal(attempts, scrape.AttemptsByClient()[client]);
        Assert.Equal(0, scrape.ValueOf("smb1_audit_gaps_total"));
        Assert.All(scrape.Of("smb1_audit_read_errors_total"), errors => Assert.Equal(0, errors.Value));
    }
}
