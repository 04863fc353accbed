using Smb1Exporter.Auditing.Samba.Configuration;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>The levels were read from "smbcontrol smbd debuglevel" of smbd 4.17 for each of these values.</summary>
public sealed class SambaLogLevelTests
{
    [Theory]
    [InlineData("3", 3, null)]
    [InlineData("10", 10, null)]
    [InlineData("all:3", 0, null)]
    [InlineData("10 auth_json_audit:0", 0, null)]
    [InlineData("auth_json_audit:5", 5, null)]
    [InlineData("1 AUTH_JSON_AUDIT:5", 1, null)]
    [InlineData("1 auth_json_audit:3 auth_json_audit:5", 5, null)]
    [InlineData("1 auth_json_audit:5 auth_json_audit:3", 3, null)]
    [InlineData("all:1 auth_json_audit:5 all:2", 5, null)]
    [InlineData("1 auth_json_audit:0x6", 0, null)]
    [InlineData("1 auth_json_audit:-3", -3, null)]
    [InlineData("1 foo:5 smb:2", 1, null)]
    [InlineData("1,auth_json_audit:5@/var/log/a.log,smb:2", 5, "/var/log/a.log")]
    [InlineData(",1 auth_json_audit:5@/x\tsmb:2", 5, "/x")]
    [InlineData("1 auth_json_audit:5@/x;smb:3", 5, "/x;smb:3")]
    [InlineData("auth_json_audit:5@/x@y", 5, "/x@y")]
    [InlineData("1 auth_json_audit:5@/var/log/audit.%m", 5, "/var/log/audit.%m")]
    [InlineData("1 auth_json_audit:3@/a auth_json_audit:5", 5, "/a")]
    public void It_is_read_as_smbd_reads_it(string value, int level, string? file)
    {
        var parsed = SambaLogLevel.Parse(value);

        Assert.Equal((level, file, null), (parsed.AuditLevel, parsed.AuditFile, parsed.Invalid));
        Assert.Equal(level >= 5, parsed.IsAudited);
    }

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("1 auth_json_audit smb:2", "auth_json_audit")]
    [InlineData("1 auth_json_audit:", "auth_json_audit:")]
    [InlineData("auth_json_audit:5 1", "1")]
    [InlineData("1 auth_json_audit:5@/x # a comment", "#")]
    [InlineData("\"1 auth_json_audit:5\"", "\"1")]
    public void A_word_that_stops_smbd_from_starting_is_named_and_counts_as_off(string value, string word)
    {
        var parsed = SambaLogLevel.Parse(value);

        Assert.Equal(word, parsed.Invalid);
        Assert.False(parsed.IsAudited);
    }

    [Theory]
    [InlineData("/var/log/samba/auth_audit.log", true)]
    [InlineData("/var/log/samba/audit;%m.log", true)]
    [InlineData("/var/log/my logs/audit.log", false)]
    [InlineData("/var/log/a,b.log", false)]
    [InlineData("/var/log/a\tb.log", false)]
    [InlineData("/var/log/a\"b.log", false)]
    [InlineData("/var/log/a.log\\", false)]
    public void Only_a_path_without_separators_can_be_named(string path, bool possible) => Assert.Equal(possible, SambaLogLevel.CanName(path));
}
