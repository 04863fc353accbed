using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.Auditing.Samba.Following;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

public sealed class AuditLogPathTests
{
    [Theory]
    [InlineData("/var/log/a.log", "/var/log/a.log", true)]
    [InlineData("/var/log/audit.*", "/var/log/audit.%m", true)]
    [InlineData("/var/log/audit.%m", "/var/log/audit.%m", true)]
    [InlineData("/var/log/audit.%I", "/var/log/audit.%m", true)]
    [InlineData("/var/log/*.log", "/var/log/a.log", true)]
    [InlineData("/var/log/a.log", "/var/log/b.log", false)]
    [InlineData("/var/log/a.log", "/var/log/a.%m", false)]
    [InlineData("/var/log/A.log", "/var/log/a.log", false)]
    public void A_setting_covers_what_it_would_read(string setting, string written, bool covers) =>
        Assert.Equal(covers, AuditLogPath.Covers(setting, written));

    [Theory]
    [InlineData("/l/audit.log", "/l/audit.log", true)]
    [InlineData("/l/audit.log", "/l/audit.log.1", true)]
    [InlineData("/l/audit.log", "/l/old/audit.log-20261123", true)]
    [InlineData("/l/audit.log", "/l/audit.log (deleted)", true)]
    [InlineData("/l/audit.%m", "/l/audit.smbd", true)]
    [InlineData("/l/audit.%$(SITE)", "/l/audit.berlin", true)]
    [InlineData("/l/audit.%(client)", "/l/audit.%(client)", true)]
    [InlineData("/l/audit.%(client)", "/l/audit.smbd", false)]
    [InlineData("/l/audit.100%%", "/l/audit.100%%", true)]
    [InlineData("/l/audit.100%%", "/l/audit.100x", false)]
    [InlineData("/l/audit.log", "/l/log.smbd", false)]
    [InlineData("/l/audit.log", "socket:[12345]", false)]
    public void A_rotated_generation_is_known_by_its_name(string log, string open, bool same) =>
        Assert.Equal(same, AuditLogPath.IsGenerationOf(log, open));

    [Theory]
    [InlineData("/var/log/audit.%m", "/var/log")]
    [InlineData("/var/log/%m/audit", null)]
    [InlineData("/var/log/%$(HOST)/audit", null)]
    [InlineData("/var/log/100%%/audit", "/var/log/100%%")]
    [InlineData("audit", null)]
    public void The_directory_is_known_unless_it_depends_on_the_client(string log, string? directory) =>
        Assert.Equal(directory, AuditLogPath.DirectoryOf(log));

    [Theory]
    [InlineData("audit.%m", "audit.127.0.0.1")]
    [InlineData("audit.%%m", "audit.%127.0.0.1")]
    [InlineData("audit.100%%", "audit.100%%")]
    [InlineData("audit.%(client)", "audit.%(client)")]
    [InlineData("audit.%5-%", "audit.%5-%")]
    public async Task A_real_smbd_writes_to_the_file_that_is_read(string name, string written)
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "needs root and Debian's samba and smbclient");
        using var folder = new TemporaryFolder();
        var options = new SambaServerOptions { LogLevel = SambaServerOptions.Audited, AuditLog = folder[name] };
        await using var server = await SambaServer.StartAsync(folder.Path, options, TestContext.Current.CancellationToken);
        await server.ConnectSmb1Async(TestContext.Current.CancellationToken);

        // smbd has several processes, and each may have a file of its own.
        await Eventually.TrueAsync(() => File.Exists(folder[written]), $"{written} being written");
        Assert.True(LogPattern.Parse(folder[name]).Matches(written));
        Assert.True(AuditLogPath.IsGenerationOf(folder[name], folder[written]));
    }
}
