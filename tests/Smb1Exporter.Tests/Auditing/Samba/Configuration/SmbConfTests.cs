using Smb1Exporter.Auditing.Samba.Configuration;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

public sealed class SmbConfTests
{
    private const string AuditLog = "/var/log/samba/auth_audit.log";

    [Theory]
    [InlineData("[global]\n\tlog level = 1\n", "[global]\n\tlog level = 1 auth_json_audit:5@/var/log/samba/auth_audit.log\n")]
    [InlineData(
        "[global]\nlog level = 1 auth_audit:3 smb:2@/x  \n",
        "[global]\nlog level = 1 auth_audit:3 smb:2@/x auth_json_audit:5@/var/log/samba/auth_audit.log  \n")]
    [InlineData("[global]\nlog level = 1 auth_json_audit:3@/a smb:2\n", "[global]\nlog level = 1 auth_json_audit:5@/a smb:2\n")]
    [InlineData(
        "[global]\nlog level = 10 auth_json_audit:0 smb:2\n",
        "[global]\nlog level = 10 auth_json_audit:5@/var/log/samba/auth_audit.log smb:2\n")]
    [InlineData(
        "[global]\nlog level = 1 auth_json_audit:5@/a auth_json_audit:2\n",
        "[global]\nlog level = 1 auth_json_audit:5@/a auth_json_audit:5\n")]
    [InlineData("[global]\nlog level = all:3\n", "[global]\nlog level = all:3 auth_json_audit:5@/var/log/samba/auth_audit.log\n")]
    [InlineData("[global]\ndebuglevel=1,smb:2\n", "[global]\ndebuglevel=1,smb:2 auth_json_audit:5@/var/log/samba/auth_audit.log\n")]
    [InlineData("[GLO bal]\n Debug  Level =1", "[GLO bal]\n Debug  Level =1 auth_json_audit:5@/var/log/samba/auth_audit.log")]
    [InlineData("log level = 1\n[share]\n", "log level = 1 auth_json_audit:5@/var/log/samba/auth_audit.log\n[share]\n")]
    [InlineData(
        "[global]\nlog level = 2\n[share]\npath = /x\nlog level = 3\n[globals]\nlog level = 1\n",
        "[global]\nlog level = 2\n[share]\npath = /x\nlog level = 3\n[globals]\nlog level = 1 auth_json_audit:5@/var/log/samba/auth_audit.log\n")]
    [InlineData(
        "[global]\nlog level = 3\nlog level =\n",
        "[global]\nlog level = 3 auth_json_audit:5@/var/log/samba/auth_audit.log\nlog level =\n")]
    [InlineData("\\\n\n[global]\nlog level = 1\n", "\\\n\n[global]\nlog level = 1 auth_json_audit:5@/var/log/samba/auth_audit.log\n")]
    [InlineData(
        "[global]\r\n  log level = 1 \\\r\n     auth_json_\\\r\naudit:3@/a \\\r\n  smb:2\r\n",
        "[global]\r\n  log level = 1 \\\r\n     auth_json_audit:5@/a \\\r\n  smb:2\r\n")]
    public void The_level_in_force_is_raised_and_the_rest_of_its_line_kept(string before, string after) =>
        Assert.Equal(after, SmbConf.Parse(before).WithAuditing(AuditLog).Text);

    [Theory]
    [InlineData(
        "# first\n[global]\n\tworkgroup = X\n",
        "# first\n[global]\n\tlog level = 0 auth_json_audit:5@/var/log/samba/auth_audit.log\n\tworkgroup = X\n")]
    [InlineData("[global]\r\n;log level = 3\r\n", "[global]\r\n    log level = 0 auth_json_audit:5@/var/log/samba/auth_audit.log\r\n;log level = 3\r\n")]
    [InlineData("[global]", "[global]\n    log level = 0 auth_json_audit:5@/var/log/samba/auth_audit.log")]
    [InlineData("", "[global]\n    log level = 0 auth_json_audit:5@/var/log/samba/auth_audit.log\n")]
    [InlineData(
        "[share]\r\npath = /x",
        "[global]\r\n    log level = 0 auth_json_audit:5@/var/log/samba/auth_audit.log\r\n[share]\r\npath = /x")]
    [InlineData(
        "[share]\nlog level = 3\n[ Global ]\n[other]\n",
        "[share]\nlog level = 3\n[ Global ]\n    log level = 0 auth_json_audit:5@/var/log/samba/auth_audit.log\n[other]\n")]
    [InlineData(
        "# log level = 3 \\\n[global]\nnetbios name = a\\\nlog level = 3\n",
        "# log level = 3 \\\n[global]\nlog level = 0 auth_json_audit:5@/var/log/samba/auth_audit.log\nnetbios name = a\\\nlog level = 3\n")]
    public void Without_a_level_one_is_added_that_makes_nothing_else_more_talkative(string before, string after) =>
        Assert.Equal(after, SmbConf.Parse(before).WithAuditing(AuditLog).Text);

    [Theory]
    [InlineData("[global]\nlog level = 1 auth_json_audit:5@/a\n")]
    [InlineData("[global]\nlog level = 1 auth_json_audit:7@/a\n")]
    [InlineData("[global]\nlog level = 1 auth_json_audit:5\n")]
    [InlineData("[global]\nlog level = 10\n")]
    public void Auditing_that_is_on_is_left_as_it_is(string text) => Assert.Equal(text, SmbConf.Parse(text).WithAuditing(AuditLog).Text);

    [Fact]
    public void A_path_with_white_space_is_refused_with_the_setting_to_change()
    {
        var edit = SmbConf.Parse("[global]\n").WithAuditing("/var/log/my logs/audit.log");

        Assert.Null(edit.Text);
        Assert.Contains("/var/log/my logs/audit.log", edit.Refusal, StringComparison.Ordinal);
        Assert.Contains("Exporter:Samba:AuditLog", edit.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_level_that_smbd_cannot_read_is_refused_and_named()
    {
        var edit = SmbConf.Parse("[global]\nlog level = 1 # quiet\n").WithAuditing(AuditLog);

        Assert.Null(edit.Text);
        Assert.Contains("\"#\"", edit.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_would_swallow_the_added_one_is_refused() => Assert.Null(SmbConf.Parse("[global]\\").WithAuditing(AuditLog).Text);

    [Fact]
    public void Paths_are_UTF_8_in_the_file()
    {
        var edited = SmbConf.Parse("[global]\n").WithAuditing("/var/log/Größe.log").Text!;

        Assert.Contains("/var/log/GrÃ¶Ã\u009fe.log", edited, StringComparison.Ordinal);
        Assert.Equal("/var/log/Größe.log", SmbConf.Parse(edited).AuditFile);
    }

    [Theory]
    [InlineData("[global]\nconfig backend = Registry\n", true, null, false)]
    [InlineData("[global]\nconfig file = /etc/samba/%m.conf\n", false, "/etc/samba/%m.conf", false)]
    [InlineData("[global]\ninclude = registry\n", false, null, true)]
    [InlineData("[share]\ninclude = /x\nconfig file = /y\nconfig backend = registry\n", false, null, false)]
    public void Other_sources_of_configuration_are_noticed(string text, bool registry, string? configFile, bool includes)
    {
        var conf = SmbConf.Parse(text);

        Assert.Equal((registry, configFile, includes), (conf.UsesRegistry, conf.ConfigFile, conf.HasIncludes));
    }
}
