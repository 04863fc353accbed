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
    [InlineData("/srv/%h/audit", "/srv/fs01/audit")]
    [InlineData("/srv/%h/%v/audit.%h", "/srv/fs01/4.17.12/audit.%h")]
    [InlineData("/srv/%%h/audit", "/srv/%fs01/audit")]
    [InlineData("/srv/%$(h)/%m/%L/audit", "/srv/%$(h)/%m/%L/audit")]
    [InlineData("audit.%h", "audit.%h")]
    public void What_is_the_same_for_all_clients_is_put_into_the_folder(string log, string expanded) =>
        Assert.Equal(expanded, AuditLogPath.WithHostIn(log, "fs01.example.org", "4.17.12"));

    [Fact]
    public void A_version_that_is_not_known_stays() =>
        Assert.Equal("/srv/%v/fs01/audit", AuditLogPath.WithHostIn("/srv/%v/%h/audit", "fs01", version: null));

    [Theory]
    [InlineData("/var/log/samba/audit.%m", null)]
    [InlineData("/srv/100%%/audit", null)]
    [InlineData("/srv/%m/audit", "depends on %m, which differs between clients, sessions or times")]
    [InlineData("/srv/%L/audit", "depends on %L")]
    [InlineData("/srv/%$(SITE)/audit", "depends on %$(SITE)")]
    [InlineData("/srv/%v/audit", "smbd -V did not tell")]
    [InlineData("/srv/*/audit", "has a * in the name of its folder")]
    [InlineData("\"/srv/audit\"", "remove the quotation marks")]
    [InlineData("audit", "is not the absolute path of a file")]
    [InlineData("", "is not the absolute path of a file")]
    public void A_log_that_cannot_be_followed_says_why(string log, string? why)
    {
        var fault = AuditLogPath.FindFault(log);

        Assert.Equal(why is null, fault is null);
        Assert.Contains(why ?? "", fault ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"/srv/log\"", "/srv/log")]
    [InlineData("\"/srv/my log\"", "/srv/my log")]
    [InlineData("\"\"/srv/log\"\"", "/srv/log")]
    [InlineData("\"/srv/log", "/srv/log")]
    [InlineData("\"/srv/l\"og\"", "\"/srv/l\"og\"")]
    [InlineData("'/srv/log'", "'/srv/log'")]
    public void Quotation_marks_around_log_file_are_dropped_as_smbd_drops_them(string value, string file) =>
        Assert.Equal(file, AuditLogPath.Unquoted(value));

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
