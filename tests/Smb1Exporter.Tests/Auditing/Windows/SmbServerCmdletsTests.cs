using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Windows;

public class SmbServerCmdletsTests
{
    private readonly FakePowerShell _powerShell = new();
    private readonly FakeEventChannel _channel = new(SmbServerEvents.AuditChannel);

    /// <summary>Any file stands in for srv.sys.</summary>
    private string _driver = Environment.ProcessPath!;

    private SmbServerCmdlets Cmdlets => new(_powerShell, FakePowerShell.Path, _channel, _driver);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task The_state_is_what_the_configuration_says(bool served, bool audited)
    {
        _powerShell.Smb1 = served;
        _powerShell.Auditing = audited;

        var state = await Cmdlets.InspectAsync(TestContext.Current.CancellationToken);

        Assert.Equal((served, audited), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Contains($"SMB1 is {(served ? "on" : "off")}, AuditSmb1Access is {(audited ? "on" : "off")}", state.Detail, StringComparison.Ordinal);
        Assert.Contains("8 MiB", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_changes_nothing()
    {
        _channel.State = new ChannelState(ChannelStatus.Disabled);

        await Cmdlets.InspectAsync(TestContext.Current.CancellationToken);

        Assert.Equal(SmbServerScript.Get, Assert.Single(_powerShell.Runs).Arguments[^1]);
        Assert.Equal(ChannelStatus.Disabled, _channel.State.Status);
    }

    [Fact]
    public async Task PowerShell_is_run_by_its_full_path_without_profile_or_questions_within_a_time_limit()
    {
        await Cmdlets.EnableAsync(TestContext.Current.CancellationToken);

        Assert.All(_powerShell.Runs, run =>
        {
            Assert.Equal(FakePowerShell.Path, run.FileName);
            Assert.Contains("-NoProfile", run.Arguments);
            Assert.Contains("-NonInteractive", run.Arguments);
            Assert.Equal("-Command", run.Arguments[^2]);
            Assert.DoesNotContain('"', run.Arguments[^1]);
            Assert.InRange(run.TimeLimit, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2));
        });
        Assert.Contains("Set-SmbServerConfiguration -AuditSmb1Access $true -Force", _powerShell.Runs[0].Arguments[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Switching_on_succeeds_when_a_fresh_look_says_so()
    {
        var outcome = await Cmdlets.EnableAsync(TestContext.Current.CancellationToken);

        Assert.True(outcome.Enabled, outcome.Detail);
        Assert.Equal([SmbServerScript.Set, SmbServerScript.Get], _powerShell.Runs.Select(run => run.Arguments[^1]));
    }

    [Fact]
    public async Task A_change_that_is_accepted_without_effect_is_a_failure_that_names_policy()
    {
        _powerShell.IgnoresChanges = true;

        var outcome = await Cmdlets.EnableAsync(TestContext.Current.CancellationToken);

        Assert.False(outcome.Enabled);
        Assert.Contains("gpresult", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_reports_an_error_yet_took_effect_is_a_success()
    {
        _powerShell.Auditing = true;
        _powerShell.Answers = change => change ? FakePowerShell.Threw("HRESULT 0x80041033", "NotSpecified") : null;

        Assert.True((await Cmdlets.EnableAsync(TestContext.Current.CancellationToken)).Enabled);
    }

    [Fact]
    public async Task A_disabled_channel_is_enabled_together_with_auditing_and_its_size_told()
    {
        _channel.State = _channel.State with { Status = ChannelStatus.Disabled };

        var outcome = await Cmdlets.EnableAsync(TestContext.Current.CancellationToken);

        Assert.True(outcome.Enabled);
        Assert.Equal(ChannelStatus.Enabled, _channel.State.Status);
        Assert.Contains("has been enabled", outcome.Detail, StringComparison.Ordinal);
        Assert.Contains("8 MiB", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_channel_that_cannot_be_enabled_is_a_failure_although_the_setting_is_on()
    {
        _channel.State = _channel.State with { Status = ChannelStatus.Disabled };
        _channel.EnableFailure = ChannelProblem.AccessDenied(_channel.Name);

        var outcome = await Cmdlets.EnableAsync(TestContext.Current.CancellationToken);

        Assert.False(outcome.Enabled);
        Assert.Contains("could not be enabled", outcome.Detail, StringComparison.Ordinal);
        Assert.Contains("LocalSystem", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ChannelStatus.Disabled), false)]
    [InlineData(nameof(ChannelStatus.Absent), false)]
    [InlineData(nameof(ChannelStatus.AccessDenied), null)]
    [InlineData(nameof(ChannelStatus.Unknown), true)]
    public async Task Auditing_into_a_channel_that_does_not_record_is_not_on(string status, bool? expected)
    {
        _powerShell.Auditing = true;
        _channel.State = new ChannelState(Enum.Parse<ChannelStatus>(status));

        Assert.Equal(expected, (await Cmdlets.InspectAsync(TestContext.Current.CancellationToken)).AuditingEnabled);
    }

    [Theory]
    [InlineData("")]
    [InlineData("True\r\nTrue\r\n")]
    [InlineData("smb1-exporter:configurations=1\r\nsmb1-exporter:EnableSMB1Protocol=True\r\nsmb1-exporter:AuditSmb1Access=True\r\n")]
    [InlineData("smb1-exporter:configurations=1\r\nsmb1-exporter:AuditSmb1Access=True\r\nsmb1-exporter:end\r\n")]
    [InlineData("smb1-exporter:configurations=1\r\nsmb1-exporter:EnableSMB1Protocol=True\r\nsmb1-exporter:AuditSmb1Access=Wahr\r\nsmb1-exporter:end\r\n")]
    [InlineData("smb1-exporter:configurations=1\r\nsmb1-exporter:EnableSMB1Protocol=True\r\nsmb1-exporter:AuditSmb1Access=False\r\nsmb1-exporter:AuditSmb1Access=True\r\nsmb1-exporter:end\r\n")]
    [InlineData("smb1-exporter:configurations=1\r\nsmb1-exporter:EnableSMB1Protocol=True\r\nsmb1-exporter:AuditSmb1Access=True\r\nsmb1-exporter:end\r\nsmb1-exporter:end\r\n")]
    [InlineData("smb1-exporter:EnableSMB1Protocol=True\r\nsmb1-exporter:AuditSmb1Access=True\r\nsmb1-exporter:end\r\n")]
    [InlineData("smb1-exporter:set=True\r\nsmb1-exporter:end\r\n")]
    [InlineData("smb1-exporter:end\r\n")]
    public async Task Exit_code_0_without_a_whole_answer_proves_nothing(string output)
    {
        _powerShell.Answers = _ => FakePowerShell.Printed(output);

        var state = await Cmdlets.InspectAsync(TestContext.Current.CancellationToken);
        var outcome = await Cmdlets.EnableAsync(TestContext.Current.CancellationToken);

        Assert.Equal((null, null), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Contains("without an answer", state.Detail, StringComparison.Ordinal);
        Assert.False(outcome.Enabled);
    }

    [Fact]
    public async Task An_answer_amid_other_output_is_found_and_one_with_a_bad_exit_code_is_not_believed()
    {
        const string Output = "WARNUNG: Profil\r\n\r\nsmb1-exporter:configurations=1\r\nsmb1-exporter:EnableSMB1Protocol=False\r\nsmb1-exporter:AuditSmb1Access=True\r\nsmb1-exporter:end\r\n";
        _powerShell.Answers = _ => FakePowerShell.Printed(Output);
        Assert.True((await Cmdlets.InspectAsync(TestContext.Current.CancellationToken)).AuditingEnabled);

        _powerShell.Answers = _ => FakePowerShell.Printed(Output, exitCode: 1);
        Assert.Null((await Cmdlets.InspectAsync(TestContext.Current.CancellationToken)).AuditingEnabled);
    }

    [Theory]
    [InlineData("True", "", true, null, "does not know the setting AuditSmb1Access")]
    [InlineData("False", "", false, null, "does not know the setting AuditSmb1Access")]
    [InlineData("", "", null, null, "does not know the setting AuditSmb1Access")]
    [InlineData("", "True", null, true, "could not be determined: the configuration has no EnableSMB1Protocol. AuditSmb1Access is on")]
    [InlineData("", "False", null, false, "could not be determined: the configuration has no EnableSMB1Protocol. AuditSmb1Access is off")]
    public async Task A_property_that_this_windows_does_not_have_is_neither_on_nor_off(
        string served, string audited, bool? serverEnabled, bool? auditingEnabled, string expected)
    {
        _powerShell.Answers = _ => FakePowerShell.Printed(Configurations(1, served, audited));

        var state = await Cmdlets.InspectAsync(TestContext.Current.CancellationToken);

        Assert.Equal((serverEnabled, auditingEnabled), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Contains(expected, state.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "", "", "gave no configuration")]
    [InlineData(2, "True", "True", "gave 2 configurations where one is expected")]
    public async Task A_windows_that_gives_no_configuration_or_several_is_not_told_to_be_too_old(int count, string served, string audited, string expected)
    {
        _powerShell.Answers = _ => FakePowerShell.Printed(Configurations(count, served, audited));

        var state = await Cmdlets.InspectAsync(TestContext.Current.CancellationToken);

        Assert.Equal((null, null), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Contains(expected, state.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("update Windows", state.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_SMB1_feature_is_removed_a_setting_that_is_left_on_does_not_mean_that_SMB1_is_served(bool audited)
    {
        (_powerShell.Auditing, _driver) = (audited, Path.Combine(Path.GetTempPath(), "no-such-folder", "srv.sys"));

        var state = await Cmdlets.InspectAsync(TestContext.Current.CancellationToken);

        Assert.Equal((null, audited), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Contains("srv.sys) is not there", state.Detail, StringComparison.Ordinal);
        Assert.Contains("Set-SmbServerConfiguration -EnableSMB1Protocol $false -Force. AuditSmb1Access is", state.Detail, StringComparison.Ordinal);

        _powerShell.Smb1 = false;
        Assert.False((await Cmdlets.InspectAsync(TestContext.Current.CancellationToken)).ServerEnabled);
    }

    [Fact]
    public async Task Configuration_and_sessions_come_from_one_run()
    {
        _powerShell.Sessions = FakePowerShell.PrintedSessions("1|Default|5|1.5||*|10.0.0.1");

        var look = await Cmdlets.InspectWithSessionsAsync(TestContext.Current.CancellationToken);

        Assert.Single(_powerShell.Runs);
        Assert.True(look.State.ServerEnabled);
        Assert.Equal(["1|Default|5|1.5||*|10.0.0.1"], look.Sessions!.Lines);
        Assert.Equal((1, 12), (look.Sessions.Count, look.Sessions.Asked.Hour));
    }

    [Fact]
    public async Task A_list_of_sessions_that_hangs_does_not_cost_the_configuration()
    {
        _powerShell.HangsOverSessions = true;

        var look = await Cmdlets.InspectWithSessionsAsync(TestContext.Current.CancellationToken);

        Assert.Equal((true, false), (look.State.ServerEnabled, look.State.AuditingEnabled));
        Assert.Null(look.Sessions);
        Assert.Equal(SmbServerFailureKind.TimedOut, look.Failure!.Kind);
    }

    [Fact]
    public async Task Where_everything_hangs_little_more_time_is_spent_than_for_one_run()
    {
        _powerShell.Answers = _ => new ProcessResult(null, "", "powershell.exe did not end in time and was stopped");

        var look = await Cmdlets.InspectWithSessionsAsync(TestContext.Current.CancellationToken);

        Assert.Equal((null, null), (look.State.ServerEnabled, look.State.AuditingEnabled));
        Assert.Contains("did not end within 60 s", look.State.Detail, StringComparison.Ordinal);
        Assert.Equal(75, _powerShell.Runs.Sum(run => run.TimeLimit.TotalSeconds));
    }

    [Theory]
    [InlineData("Windows System Error 5", "PermissionDenied", nameof(SmbServerFailureKind.NotPermitted), "LocalSystem")]
    [InlineData("HRESULT 0x80041003", "NotSpecified", nameof(SmbServerFailureKind.NotPermitted), "LocalSystem")]
    [InlineData("CommandNotFoundException", "ObjectNotFound", nameof(SmbServerFailureKind.NotSupported), "Windows Server 2012")]
    [InlineData("NamedParameterNotFound", "InvalidArgument", nameof(SmbServerFailureKind.NotSupported), "-IncludeHidden")]
    [InlineData("Windows System Error 2114", "NotSpecified", nameof(SmbServerFailureKind.Failed), "sc.exe start LanmanServer")]
    [InlineData("SomethingElse", "NotSpecified", nameof(SmbServerFailureKind.Failed), "SomethingElse")]
    public async Task Sessions_that_cannot_be_listed_say_why_and_leave_the_configuration_known(string id, string category, string kind, string expected)
    {
        _powerShell.Sessions = $"smb1-exporter:sessions-error={id}\r\nsmb1-exporter:sessions-category={category}\r\nsmb1-exporter:sessions-hresult=80131500\r\n";

        var look = await Cmdlets.InspectWithSessionsAsync(TestContext.Current.CancellationToken);

        Assert.True(look.State.ServerEnabled);
        Assert.Null(look.Sessions);
        Assert.Equal(kind, look.Failure!.Kind.ToString());
        Assert.Contains(expected, look.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "NotSupported")]
    [InlineData(5, "NotPermitted")]
    [InlineData(1260, "NotPermitted")]
    [InlineData(8, "Failed")]
    public async Task Where_powershell_cannot_be_started_sessions_are_not_known_either(int error, string kind)
    {
        _powerShell.Answers = _ => new ProcessResult(null, "", "", error);

        var look = await Cmdlets.InspectWithSessionsAsync(TestContext.Current.CancellationToken);

        Assert.Equal((null, kind), (look.Sessions, look.Failure!.Kind.ToString()));
    }

    [Theory]
    [InlineData("Windows System Error 5", "PermissionDenied", "lacks the rights")]
    [InlineData("HRESULT 0x80070005", "NotSpecified", "lacks the rights")]
    [InlineData("Modules_ModuleNotFound", "ResourceUnavailable", "module SmbShare")]
    [InlineData("CommandNotFoundException", "ObjectNotFound", "module SmbShare")]
    [InlineData("CouldNotAutoloadMatchingModule", "ObjectNotFound", "module SmbShare")]
    [InlineData("CouldNotAutoLoadModule", "ObjectNotFound", "module SmbShare")]
    [InlineData("UnauthorizedAccess", "SecurityError", "A policy forbids")]
    [InlineData("NamedParameterNotFound", "InvalidArgument", "does not know the setting")]
    [InlineData("Windows System Error 2114", "NotSpecified", "sc.exe start LanmanServer")]
    [InlineData("HRESULT 0x80041010", "NotSpecified", "winmgmt /verifyrepository")]
    [InlineData("HRESULT 0x80041003", "NotSpecified", "lacks the rights")]
    [InlineData("SomethingElse", "NotSpecified", "SomethingElse")]
    [InlineData("", "", "could not be used")]
    public async Task What_the_cmdlet_threw_is_told_apart_by_its_id_with_the_remedy(string id, string category, string expected)
    {
        _powerShell.Answers = _ => FakePowerShell.Threw(id, category);

        await ExpectFailure(expected);
    }

    [Theory]
    [InlineData(2, "is not there")]
    [InlineData(3, "is not there")]
    [InlineData(5, "may not start")]
    [InlineData(1260, "policy (AppLocker")]
    [InlineData(4551, "policy (AppLocker")]
    [InlineData(8, "error 8")]
    public async Task A_powershell_that_cannot_be_started_is_told_apart_by_the_error_number(int error, string expected)
    {
        _powerShell.Answers = _ => new ProcessResult(null, "", "Das System kann die angegebene Datei nicht finden.", error);

        await ExpectFailure(expected);
    }

    [Fact]
    public async Task A_command_to_try_by_hand_is_no_error_in_powershell_when_it_is_copied()
    {
        _powerShell.Answers = _ => FakePowerShell.Printed("");

        var byHand = (await Cmdlets.InspectAsync(TestContext.Current.CancellationToken)).Detail;

        Assert.DoesNotContain("AuditSmb1Access.", byHand, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_powershell_that_is_really_missing_is_told_as_missing()
    {
        using var folder = new TemporaryFolder();
        var cmdlets = new SmbServerCmdlets(new ProcessRunner(TimeProvider.System), folder["powershell.exe"], _channel, _driver);

        var state = await cmdlets.InspectAsync(TestContext.Current.CancellationToken);

        Assert.Contains("is not there", state.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_powershell_that_hangs_is_told_with_the_time_it_had()
    {
        _powerShell.Answers = _ => new ProcessResult(null, "", "powershell.exe did not end within 60 s and was stopped");

        await ExpectFailure("did not end within 60 s");
    }

    [Fact]
    public async Task What_powershell_printed_can_add_no_line_to_the_log()
    {
        _powerShell.Answers = _ => new ProcessResult(1, "", "line 1\r\nline 2\u001b[31m" + new string('x', 5000));

        var detail = (await Cmdlets.InspectAsync(TestContext.Current.CancellationToken)).Detail;

        Assert.Contains("line 1", detail, StringComparison.Ordinal);
        Assert.DoesNotContain(detail, char.IsControl);
        Assert.InRange(detail.Length, 1, 1000);
    }

    [Fact]
    public async Task Stopping_the_program_stops_the_look()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Cmdlets.InspectAsync(stopped.Token));
    }

    private static string Configurations(int count, string served, string audited) =>
        $"smb1-exporter:configurations={count}\r\nsmb1-exporter:EnableSMB1Protocol={served}\r\nsmb1-exporter:AuditSmb1Access={audited}\r\nsmb1-exporter:end\r\n";

    private async Task ExpectFailure(string expected)
    {
        var state = await Cmdlets.InspectAsync(TestContext.Current.CancellationToken);
        var outcome = await Cmdlets.EnableAsync(TestContext.Current.CancellationToken);

        Assert.Equal((null, null), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Contains(expected, state.Detail, StringComparison.Ordinal);
        Assert.False(outcome.Enabled);
        Assert.Contains(expected, outcome.Detail, StringComparison.Ordinal);
    }
}
