using Smb1Exporter.Auditing.Samba.Configuration;

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
    [InlineData("/l/audit.%(client)", "/l/audit.smbd", true)]
    [InlineData("/l/audit.log", "/l/log.smbd", false)]
    [InlineData("/l/audit.log", "socket:[12345]", false)]
    public void A_rotated_generation_is_known_by_its_name(string log, string open, bool same) =>
        Assert.Equal(same, AuditLogPath.IsGenerationOf(log, open));

    [Theory]
    [InlineData("/var/log/audit.%m", "/var/log")]
    [InlineData("/var/log/%m/audit", null)]
    [InlineData("/var/log/%$(HOST)/audit", null)]
    [InlineData("audit", null)]
    public void The_directory_is_known_unless_it_depends_on_the_client(string log, string? directory) =>
        Assert.Equal(directory, AuditLogPath.DirectoryOf(log));
}
