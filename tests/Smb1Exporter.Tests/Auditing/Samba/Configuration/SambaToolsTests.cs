using Smb1Exporter.Auditing.Samba.Configuration;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

public sealed class SambaToolsTests
{
    [Fact]
    public void The_lowest_level_of_all_processes_that_answer_counts()
    {
        const string Output = "PID 10: all:1 smb:1 auth_audit:9 auth_json_audit:5 kerberos:1\nPID 11: all:1 auth_json_audit:3\nPID 12: all:1 auth_json_audit:7\n";

        Assert.Equal(new SmbdState(true, 3, 11), SambaTools.ParseDebugLevels(Output));
    }

    [Fact]
    public void An_smbd_without_the_class_has_no_level() =>
        Assert.Equal(new SmbdState(true, null, 10), SambaTools.ParseDebugLevels("PID 10: all:10 smb:10 auth_audit:10\n"));

    [Theory]
    [InlineData("")]
    [InlineData("No replies received\n")]
    [InlineData("PID x: auth_json_audit:5\n")]
    [InlineData("PID \n")]
    public void An_answer_of_another_form_is_no_answer(string output) => Assert.Null(SambaTools.ParseDebugLevels(output));
}
