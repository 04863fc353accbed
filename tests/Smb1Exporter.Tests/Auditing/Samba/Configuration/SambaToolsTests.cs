using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

public sealed class SambaToolsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("PID 0:4711: all:1 auth_json_audit:5\n")]
    [InlineData("PID 1:4711: all:1 auth_json_audit:5\n")]
    [InlineData("PID 12:4711.3: all:1 auth_json_audit:5\n")]
    [InlineData("PID 4711.3: all:1 auth_json_audit:5\n")]
    public void The_node_of_a_cluster_is_no_part_of_the_process_id(string output) =>
        Assert.Equal(new SmbdState(true, 5, 4711), SambaTools.ParseDebugLevels(output));

    [Fact]
    public async Task A_value_counts_though_testparm_complains_of_something_else()
    {
        var tools = Testparm("lock directory = /nonexistent/lock", "state directory = /nonexistent/state", "no such thing = 1", "server min protocol = NT1");

        Assert.Equal(("NT1", ""), await tools.GetParameterAsync("server min protocol", Token));
        Assert.Equal(("", ""), await tools.GetParameterAsync("log file", Token));
    }

    [Fact]
    public async Task A_file_that_cannot_be_loaded_has_no_values()
    {
        var (value, error) = await Testparm("max log size = much", "server min protocol = NT1").GetParameterAsync("server min protocol", Token);

        Assert.Null(value);
        Assert.Contains("not a valid size specifier", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_what_testparm_did_not_say_before_is_a_fault_of_a_change()
    {
        const string Old = "state directory = /nonexistent/state";
        var tools = Testparm(Old);

        Assert.Null(await tools.FindFaultAsync(Changed(Old, "log level = 1"), Token));
        Assert.Contains("idmap range", await tools.FindFaultAsync(Changed(Old, "security = ads"), Token), StringComparison.Ordinal);
        Assert.Contains("not a valid size specifier", await tools.FindFaultAsync(Changed(Old, "max log size = much"), Token), StringComparison.Ordinal);
    }

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

    private SambaTools Testparm(params string[] global)
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "needs Debian's samba");
        File.WriteAllLines(_folder["smb.conf"], ["[global]", .. global]);
        return new SambaTools(new ProcessRunner(TimeProvider.System), _folder["smb.conf"]);
    }

    private string Changed(params string[] global)
    {
        File.WriteAllLines(_folder["candidate"], ["[global]", .. global]);
        return _folder["candidate"];
    }
}
