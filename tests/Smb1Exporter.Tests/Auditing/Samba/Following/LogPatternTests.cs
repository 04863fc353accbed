using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Following;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

public class LogPatternTests
{
    [Theory]
    [InlineData("/var/log/samba/audit.log", "audit.log", true)]
    [InlineData("/var/log/samba/audit.log", "audit.log.old", true)]
    [InlineData("/var/log/samba/audit.log", "audit.log.1", true)]
    [InlineData("/var/log/samba/audit.log", "audit.log-20261123", true)]
    [InlineData("/var/log/samba/audit.log", "audit.log.2.gz", true)]
    [InlineData("/var/log/samba/audit.log", "audit.log-20261123.zst", true)]
    [InlineData("/var/log/samba/audit.log", "audit.logs", false)]
    [InlineData("/var/log/samba/audit.log", "my-audit.log", false)]
    [InlineData("/var/log/samba/audit.log", "auditxlog", false)]
    [InlineData("/var/log/samba/log.%m", "log.192.168.1.5", true)]
    [InlineData("/var/log/samba/log.%m", "log.", true)]
    [InlineData("/var/log/samba/log.%m", "catalog.x", false)]
    [InlineData("/var/log/samba/%U-%I.json", "bob-10.0.0.1.json.old", true)]
    [InlineData("/var/log/samba/%$(SITE).json", "berlin.json", true)]
    [InlineData("/var/log/samba/100%.log", "100%.log", true)]
    [InlineData("/var/log/samba/100%.log", "100x.log", false)]
    [InlineData("/var/log/samba/100%%.log", "100%%.log", true)]
    [InlineData("/var/log/samba/100%%.log", "100x.log", false)]
    [InlineData("/var/log/samba/%%m.log", "%nas.log", true)]
    [InlineData("/var/log/samba/%%m.log", "nas.log", false)]
    [InlineData("/var/log/samba/%(client).log", "%(client).log", true)]
    [InlineData("/var/log/samba/%(client).log", "nas.log", false)]
    [InlineData("/var/log/samba/audit*", "audit-of-today", true)]
    [InlineData("/var/log/samba/a[1](x)+$.log", "a[1](x)+$.log", true)]
    public void A_name_belongs_to_the_log_or_not(string pattern, string name, bool belongs) =>
        Assert.Equal(belongs, LogPattern.Parse(pattern).Matches(name));

    [Theory]
    [InlineData("/l/audit.log", "audit.log", false)]
    [InlineData("/l/audit.log", "audit.log.bak", true)]
    [InlineData("/l/log.%m", "log.192.168.1.5", false)]
    [InlineData("/l/log.%m", "log.scanner.1", true)]
    [InlineData("/l/log.%m", "log.scanner-20261123", true)]
    [InlineData("/l/log.%m", "log.scanner.old", true)]
    [InlineData("/l/log.%m", "log.scanner", false)]
    public void A_rotated_file_is_told_from_a_clients_own(string pattern, string name, bool rotated) =>
        Assert.Equal(rotated, LogPattern.Parse(pattern).IsRotated(name, new HashSet<string> { "log.scanner", name }));

    [Theory]
    [InlineData("audit.log.2.gz", true)]
    [InlineData("audit.log-20261123.zst", true)]
    [InlineData("audit.nas.z", true)]
    [InlineData("audit.archive.zip", true)]
    [InlineData("audit.X.GZ.1", true)]
    [InlineData("audit.log", false)]
    [InlineData("audit.gzip", false)]
    [InlineData("audit.gz-nas", false)]
    public void Names_behind_which_a_compressed_file_may_stand_are_known(string name, bool may) =>
        Assert.Equal(may, LogPattern.MayBeCompressed(name));

    [Theory]
    [InlineData("/var/log/%m/audit.log", "folder")]
    [InlineData("/var/log/%$(SITE)/audit.log", "%$(SITE)")]
    [InlineData("\"/var/log/audit.log\"", "quotation marks")]
    [InlineData("/var/log/*/audit.log", "folder")]
    [InlineData("audit.log", "absolute")]
    [InlineData("", "absolute")]
    [InlineData("/var/log/samba/", "absolute")]
    public void A_path_that_cannot_be_followed_says_why(string pattern, string why) =>
        Assert.Contains(why, Assert.Throws<AuditSourceException>(() => LogPattern.Parse(pattern)).Message, StringComparison.Ordinal);
}
