using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Auditing.Windows;
using Smb1Exporter.Probing;
using Smb1Exporter.Probing.Windows;
using Smb1Exporter.Tests.Auditing.Windows;

namespace Smb1Exporter.Tests.Probing.Windows;

/// <summary>
/// Lists of sessions in the form that our script prints, with values as the documentation of Get-SmbSession shows them; none was recorded from a Windows
/// machine.
/// </summary>
public class WindowsServerInspectorTests
{
    private const string Machine = "CONTOSO-FS1";

    private static readonly DateTimeOffset Asked = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakePowerShell _powerShell = new();
    private IReadOnlyCollection<string> _stored = [];
    private string _machine = Machine;

    private readonly FakeTimeProvider _time = new(Asked);

    private WindowsServerInspector Inspector => new(
        new SmbServerCmdlets(_powerShell, FakePowerShell.Path, new FakeEventChannel(SmbServerEvents.AuditChannel), Environment.ProcessPath!),
        _machine,
        () => _stored,
        _time);

    [Fact]
    public async Task Sessions_of_SMB1_are_listed_with_their_clients_and_others_are_not()
    {
        var sessions = await ReadAsync(
            "85899345929|Default|45346|3.00|Contoso-FS1|Contoso-FS|192.168.101.13",
            "4415226380377|Default|60|1.5|||192.168.102.14",
            "4415226380385|Default|20|1.50||*|[fe80::c8c0:f65d:3bc6:7313]",
            "4415226380393|Default|20|2.0.2||*|192.168.102.15",
            "4415226380394|Default|20|3.1.1||*|192.168.102.16");

        Assert.Equal(OpenSessionsOutcome.Listed, sessions.Outcome);
        Assert.Equal(["192.168.102.14", "[fe80::c8c0:f65d:3bc6:7313]"], sessions.Smb1.Select(session => session.Client));
        Assert.Equal("Clients with an open SMB1 session: 192.168.102.14, [fe80::c8c0:f65d:3bc6:7313].", sessions.Detail);
        Assert.InRange(sessions.Smb1[0].Begin!.Value, Asked.AddSeconds(-61), Asked.AddSeconds(-59));
    }

    [Fact]
    public async Task A_server_without_any_session_has_none_of_SMB1()
    {
        var sessions = await ReadAsync();

        Assert.Equal((true, "No SMB1 session is open."), (sessions.IsComplete, sessions.Detail));
        Assert.Empty(sessions.Smb1);
    }

    [Theory]
    [InlineData("1.5", true)]
    [InlineData("1.50", true)]
    [InlineData("1", true)]
    [InlineData("0.12", true)]
    [InlineData("NT LM 0.12", true)]
    [InlineData("2.0.2", false)]
    [InlineData("2.002", false)]
    [InlineData("2.1", false)]
    [InlineData("3.02", false)]
    [InlineData("3.1.1", false)]
    [InlineData("10.0", false)]
    [InlineData("", null)]
    [InlineData("1,5", null)]
    [InlineData("-1.5", null)]
    [InlineData(".5", null)]
    [InlineData("SMB 2", null)]
    [InlineData("99999999999.1", null)]
    public async Task A_dialect_below_2_is_SMB1_and_one_that_is_not_understood_makes_the_list_incomplete(string dialect, bool? isSmb1)
    {
        var sessions = await ReadAsync($"7|Default|5|{dialect}||*|10.0.0.1");

        Assert.Equal(isSmb1 is null ? OpenSessionsOutcome.PartlyListed : OpenSessionsOutcome.Listed, sessions.Outcome);
        Assert.Equal(isSmb1 == true ? 1 : 0, sessions.Smb1.Count);
        Assert.Equal(isSmb1 is null, sessions.Detail.Contains("dialect is not known: 1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no line of a session", "could not be read: 1")]
    [InlineData("-7|Default|5|1.5||*|10.0.0.1", "could not be read: 1")]
    [InlineData("", "could not be read: 1")]
    public async Task A_line_that_is_not_understood_makes_the_list_incomplete(string line, string expected)
    {
        var sessions = await ReadAsync("8|Default|5|1.5||*|10.0.0.8", line);

        Assert.Equal(OpenSessionsOutcome.PartlyListed, sessions.Outcome);
        Assert.Equal(["10.0.0.8"], sessions.Smb1.Select(session => session.Client));
        Assert.Contains(expected, sessions.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sessions=1", "sessions=5", "1 of 5 sessions")]
    [InlineData("smb1-exporter:sessions=1\r\n", "", "1 of an unknown number of sessions")]
    public async Task A_list_that_is_shorter_than_it_says_is_incomplete(string old, string changed, string expected)
    {
        _powerShell.Sessions = FakePowerShell.PrintedSessions("8|Default|5|3.1.1||*|10.0.0.8").Replace(old, changed, StringComparison.Ordinal);

        var sessions = await ReadAgainAsync();

        Assert.Equal((OpenSessionsOutcome.PartlyListed, 0), (sessions.Outcome, sessions.Smb1.Count));
        Assert.StartsWith("No SMB1 session was found among the open ones.", sessions.Detail, StringComparison.Ordinal);
        Assert.Contains(expected, sessions.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Windows System Error 5", "PermissionDenied", nameof(OpenSessionsOutcome.NotPermitted))]
    [InlineData("CommandNotFoundException", "ObjectNotFound", nameof(OpenSessionsOutcome.NotSupported))]
    [InlineData("HRESULT 0x80041010", "MetadataError", nameof(OpenSessionsOutcome.Failed))]
    public async Task Sessions_that_windows_does_not_list_are_not_none(string id, string category, string outcome)
    {
        _powerShell.Sessions = $"smb1-exporter:sessions-error={id}\r\nsmb1-exporter:sessions-category={category}\r\nsmb1-exporter:sessions-hresult=80131500\r\n";

        var sessions = await ReadAgainAsync();

        Assert.Equal((outcome, false), (sessions.Outcome.ToString(), sessions.IsComplete));
        Assert.StartsWith("Open SMB1 sessions cannot be determined: ", sessions.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Modules_ModuleNotFound", "ResourceUnavailable", nameof(OpenSessionsOutcome.NotSupported))]
    [InlineData("UnauthorizedAccess", "SecurityError", nameof(OpenSessionsOutcome.NotPermitted))]
    [InlineData("Windows System Error 2114", "NotSpecified", nameof(OpenSessionsOutcome.Failed))]
    public async Task Without_the_module_or_the_server_service_neither_configuration_nor_sessions_are_known(string id, string category, string outcome)
    {
        _powerShell.Answers = _ => FakePowerShell.Threw(id, category);

        var inspector = Inspector;
        var state = await inspector.InspectAsync(TestContext.Current.CancellationToken);

        Assert.Equal((null, null), (state.ServerEnabled, state.AuditingEnabled));
        Assert.Equal(outcome, (await inspector.GetSessionsAsync(TimeSpan.MaxValue, TestContext.Current.CancellationToken)).Outcome.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("smb1-exporter:session=8|Default|5|1.5||*|10.0.0.8\r\n")]
    [InlineData("smb1-exporter:asked=639159120000000000\r\nsmb1-exporter:sessions=0\r\n")]
    [InlineData("smb1-exporter:asked=x\r\nsmb1-exporter:answered=y\r\nsmb1-exporter:sessions=0\r\n")]
    [InlineData("smb1-exporter:unheard of\r\n")]
    [InlineData("smb1-exporter:sessions=0\r\nsmb1-exporter:sessions=0\r\n")]
    public async Task Garbage_is_not_none(string printed)
    {
        _powerShell.Sessions = printed;

        Assert.Equal((OpenSessionsOutcome.Failed, 0), ((await ReadAgainAsync()).Outcome, (await ReadAgainAsync()).Smb1.Count));
    }

    [Fact]
    public async Task A_list_that_hangs_is_not_none_and_the_configuration_is_known()
    {
        _powerShell.HangsOverSessions = true;

        var inspector = Inspector;
        var state = await inspector.InspectAsync(TestContext.Current.CancellationToken);
        var sessions = await inspector.GetSessionsAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal((OpenSessionsOutcome.Failed, true), (sessions.Outcome, state.ServerEnabled));
        Assert.Contains("did not end within 60 s", sessions.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_just_looked_at_the_configuration_knows_the_sessions_without_another_powershell()
    {
        var inspector = Inspector;
        await inspector.InspectAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(59));
        await inspector.GetSessionsAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Single(_powerShell.Runs);

        _time.Advance(TimeSpan.FromSeconds(2));
        _powerShell.Sessions = FakePowerShell.PrintedSessions("7|Default|5|1.5||*|10.0.0.1");
        Assert.Single((await inspector.GetSessionsAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)).Smb1);
        Assert.Equal(2, _powerShell.Runs.Count);
    }

    [Fact]
    public async Task Auditing_is_switched_on_as_before()
    {
        Assert.True((await Inspector.EnableAsync(TestContext.Current.CancellationToken)).Enabled);
        Assert.True(_powerShell.Auditing);
    }

    [Fact]
    public async Task Sessions_of_a_clusters_name_on_another_node_are_that_nodes()
    {
        var sessions = await ReadAsync("1|Default|5|1.5|Contoso-FS2|Contoso-FS|10.0.0.1", "2|Default|5|1.5|Contoso-FS1|Contoso-FS|10.0.0.2");

        Assert.Equal(["10.0.0.2"], sessions.Smb1.Select(session => session.Client));
        Assert.Contains("on other nodes of the cluster: 1;", sessions.Detail, StringComparison.Ordinal);
        Assert.True(sessions.IsComplete);
    }

    [Theory]
    [InlineData("contoso-fs1.contoso.example", "Contoso-FS", Machine)]
    [InlineData("", "Contoso-FS", Machine)]
    [InlineData("Contoso-FS2", "*", Machine)]
    [InlineData("Contoso-FS2", "", Machine)]
    [InlineData("fileserver-of-contoso-1", "Contoso-FS", "FILESERVER-OF-C")]
    public async Task A_session_that_may_be_ours_is_not_left_to_another_node(string node, string scope, string machine)
    {
        _machine = machine;

        Assert.Single((await ReadAsync($"1|Default|5|1.5|{node}|{scope}|10.0.0.1")).Smb1);
    }

    [Theory]
    [InlineData("10.0.0.1|x", "10.0.0.1|x")]
    [InlineData("\\\\SCANNER", "\\\\SCANNER")]
    [InlineData("", "")]
    public async Task The_client_is_passed_on_as_it_is_named(string named, string client)
    {
        var session = Assert.Single((await ReadAsync($"1|Default|5|1.5||*|{named}")).Smb1);

        Assert.Equal((client, null), (session.Client, session.Port));
    }

    [Fact]
    public async Task A_session_has_the_same_key_at_each_look_although_its_beginning_is_told_in_whole_seconds()
    {
        var first = Assert.Single((await ReadAsync("7|Default|100|1.5||*|10.0.0.1")).Smb1);
        _stored = ["12/345/ipv4:10.0.0.1:50122", first.Key];

        foreach (var age in new[] { 99, 101, 102, 130, 219 })
        {
            var again = Assert.Single((await ReadAsync($"7|Default|{age}|1.5||*|10.0.0.1")).Smb1);

            Assert.Equal((first.Key, first.Begin), (again.Key, again.Begin));
        }
    }

    [Theory]
    [InlineData("8|Default|100|1.5||*|10.0.0.1")]
    [InlineData("7|Default|100|1.5||*|10.0.0.2")]
    [InlineData("7|Default|100|1.5||Contoso-FS|10.0.0.1")]
    [InlineData("7|CSV|100|1.5||*|10.0.0.1")]
    [InlineData("7|Default|5000|1.5||*|10.0.0.1")]
    [InlineData("7|Default|1|1.5||*|10.0.0.1", 300)]
    public async Task Another_session_has_another_key_also_where_the_server_gave_its_id_again(string other, int age = 100)
    {
        var first = Assert.Single((await ReadAsync($"7|Default|{age}|1.5||*|10.0.0.1")).Smb1);
        _stored = [first.Key];

        Assert.NotEqual(first.Key, Assert.Single((await ReadAsync(other)).Smb1).Key);
    }

    [Fact]
    public async Task A_session_of_unknown_age_is_listed_and_known_again()
    {
        var first = Assert.Single((await ReadAsync("7|Default||1.5||*|10.0.0.1")).Smb1);
        _stored = [first.Key];

        Assert.Null(first.Begin);
        Assert.Equal(first.Key, Assert.Single((await ReadAsync("7|Default||1.5||*|10.0.0.1")).Smb1).Key);
    }

    [Fact]
    public async Task A_client_with_an_endless_name_has_no_endless_key()
    {
        var sessions = await ReadAsync($"7|Default|5|1.5||*|{new string('x', 5000)}", $"8|Default|5|1.5||*|{new string('x', 5000)}");

        Assert.Equal(2, sessions.Smb1.Select(session => session.Key).Distinct().Count());
        Assert.All(sessions.Smb1, session => Assert.Equal((true, ""), (session.Key.Length <= 200, session.Client)));
    }

    [Theory]
    [InlineData("0/0/windows:7@/Default,,*/10.0.0.1")]
    [InlineData("0/0/windows:7@99999999999999999999/Default,,*/10.0.0.1")]
    [InlineData("0/0/windows:7@999999999999999/Default,,*/10.0.0.1")]
    [InlineData("0/0/windows:7")]
    [InlineData("windows:@/")]
    [InlineData("")]
    public async Task A_stored_key_that_is_damaged_is_passed_over(string key)
    {
        var first = Assert.Single((await ReadAsync("7|Default|100|1.5||*|10.0.0.1")).Smb1);
        _stored = [key];

        Assert.Equal(first.Key, Assert.Single((await ReadAsync("7|Default|100|1.5||*|10.0.0.1")).Smb1).Key);
    }

    private async Task<OpenSessions> ReadAsync(params string[] lines)
    {
        _powerShell.Sessions = FakePowerShell.PrintedSessions(lines);
        return await ReadAgainAsync();
    }

    private async Task<OpenSessions> ReadAgainAsync() => await Inspector.GetSessionsAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
}
