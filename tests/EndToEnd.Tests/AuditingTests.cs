using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>The exporter switches on the auditing of a real smbd.</summary>
public sealed class AuditingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Auditing_that_was_off_is_on_and_the_original_configuration_is_kept()
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "smbd needs root and the Debian packages samba and smbclient");
        await using var samba = await SambaServer.StartAsync(
            _folder.Path, new SambaServerOptions { LogLevel = "2 vfs:3" }, TestContext.Current.CancellationToken);
        var original = await File.ReadAllTextAsync(samba.ConfigFile, TestContext.Current.CancellationToken);
        await SmbClient.ConnectAsync(samba, "NT1");
        Assert.False(File.Exists(samba.AuditLog), "auditing was on before the exporter ran");
        var before = Directory.GetFiles(_folder.Path);

        await using var exporter = await ExporterProcess.StartAsync(
            Programs.PreferredBuild, ExporterArguments.ForSamba(_folder.Path, samba));
        var scrape = await exporter.WhenAuditingAsync();

        Assert.Equal(1, scrape.ValueOf("smb1_server_enabled"));
        var changed = await File.ReadAllTextAsync(samba.ConfigFile, TestContext.Current.CancellationToken);
        Assert.Matches($@"(?m)^\s*log level = 2 vfs:3 auth_json_audit:5@{samba.AuditLog}$", changed);
        Assert.Contains(
            Directory.GetFiles(_folder.Path).Except(before).Where(file => Path.GetFileName(file).StartsWith("smb.conf", StringComparison.Ordinal)),
            file => File.ReadAllText(file) == original);

        await SmbClient.ConnectAsync(samba, "NT1");
        scrape = await exporter.WhenCountedAsync("127.0.0.1", 1);
        Assert.Equal(1, scrape.AttemptsByClient()["127.0.0.1"]);
    }

    [Fact]
    public async Task A_restart_changes_the_configuration_no_further()
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "smbd needs root and the Debian packages samba and smbclient");
        await using var samba = await SambaServer.StartAsync(_folder.Path, cancellationToken: TestContext.Current.CancellationToken);
        var arguments = ExporterArguments.ForSamba(_folder.Path, samba);
        await using (var first = await ExporterProcess.StartAsync(Programs.PreferredBuild, arguments))
        {
            await first.WhenAuditingAsync();
        }

        var changed = await File.ReadAllTextAsync(samba.ConfigFile, TestContext.Current.CancellationToken);
        var files = Directory.GetFiles(_folder.Path, "smb.conf*").Order();
        await using var second = await ExporterProcess.StartAsync(Programs.PreferredBuild, arguments);
        await second.WhenAuditingAsync();

        Assert.Equal(changed, await File.ReadAllTextAsync(samba.ConfigFile, TestContext.Current.CancellationToken));
        Assert.Equal(files, Directory.GetFiles(_folder.Path, "smb.conf*").Order());
    }
}
