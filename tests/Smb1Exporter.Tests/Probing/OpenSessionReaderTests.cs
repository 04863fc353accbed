using Smb1Exporter.Auditing;
using Smb1Exporter.Probing;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Probing;

public sealed class OpenSessionReaderTests : IDisposable
{
    private const string ConfigFile = "/etc/samba/other.conf";
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 22, 7, 21, TimeSpan.Zero);
    private readonly FakeProc _proc = new();
    private readonly Answer _smbstatus = new();

    public OpenSessionReaderTests() => _proc.Write("uptime", "58400.50 110000.00\n");

    [Fact]
    public async Task Of_a_real_list_the_SMB1_sessions_are_taken_encrypted_ones_too()
    {
        _smbstatus.Result = new ProcessResult(0, Samples.Read("smbstatus-4.17.json"), "");
        _proc.AddProcess(14605, "smbd[127.0.0.1]");

        var sessions = await ReadAsync();

        Assert.Equal(OpenSessionsOutcome.Listed, sessions.Outcome);
        Assert.Equal(
            ["127.0.0.1 42062 14605", "127.0.0.1 47152 16368", "::1 35938 16875"],
            sessions.Smb1.Select(session => $"{session.Client} {session.Port} {session.ProcessId}").Order());
        Assert.StartsWith("Clients with an open SMB1 session: ", sessions.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_asks_for_sessions_alone_with_the_configuration_of_the_server()
    {
        await ReadAsync();

        Assert.Equal("smbstatus --json --processes --numeric --configfile=/etc/samba/other.conf", _smbstatus.CommandLine);
    }

    [Fact]
    public async Task Where_the_list_does_not_tell_when_a_session_began_the_start_of_its_process_does()
    {
        // Started 58331.72 s after the machine, which runs for 58400.50 s.
        _proc.AddProcess(4711, "smbd[10.0.0.1]");
        Answers(Session(4711, "ipv4:10.0.0.1:50122"));

        var session = Assert.Single((await ReadAsync()).Smb1);

        Assert.Equal(Now - TimeSpan.FromSeconds(68.78), session.Begin!.Value, TimeSpan.FromMilliseconds(1));
        Assert.Equal("4711/5833172/ipv4:10.0.0.1:50122", session.Key);
    }

    [Theory]
    [InlineData("2026-11-28T21:00:00.250000+01:00")]
    [InlineData("2026-11-28T20:00:00.250000+0000")]
    public async Task Newer_lists_tell_when_a_session_began(string time)
    {
        _proc.AddProcess(4711, "smbd[10.0.0.1]");
        Answers(Session(4711, "ipv4:10.0.0.1:50122", more: $", \"creation_time\": \"{time}\""));

        var session = Assert.Single((await ReadAsync()).Smb1);

        Assert.Equal(new DateTimeOffset(2026, 11, 28, 20, 0, 0, 250, TimeSpan.Zero), session.Begin);
        Assert.Equal("4711/5833172/ipv4:10.0.0.1:50122", session.Key);
    }

    [Fact]
    public async Task Several_sessions_of_one_connection_are_one()
    {
        _proc.AddProcess(4711, "smbd[10.0.0.1]");
        Answers(
            Session(4711, "ipv4:10.0.0.1:50122", more: ", \"creation_time\": \"2026-11-28T21:00:00.0+00:00\""),
            Session(4711, "ipv4:10.0.0.1:50122", more: ", \"creation_time\": \"2026-11-28T20:00:00.0+00:00\""),
            Session(4711, "ipv4:10.0.0.1:50123"));

        var sessions = await ReadAsync();

        Assert.Equal([50122, 50123], sessions.Smb1.Select(session => session.Port!.Value).Order());
        Assert.Equal(20, sessions.Smb1.Single(session => session.Port == 50122).Begin!.Value.Hour);
    }

    [Fact]
    public async Task A_session_whose_process_has_just_ended_still_counts()
    {
        Answers(Session(4711, "ipv4:10.0.0.1:50122"));

        var session = Assert.Single((await ReadAsync()).Smb1);

        Assert.Equal(("10.0.0.1", null), (session.Client, session.Begin));
    }

    [Theory]
    [InlineData("ipv6:fe80::1%eth0:50122", "localhost", "fe80::1%eth0")]
    [InlineData("ipv6:2001:db8::7:50122", "2001:db8::7", "2001:db8::7")]
    [InlineData("ipv4:10.0.0.1:50122", "scanner.example", "10.0.0.1")]
    [InlineData("scanner.example", "10.0.0.9", "10.0.0.9")]
    [InlineData("scanner.example", "scanner", "")]
    [InlineData("ipv4:10.0.0.1:99999", "scanner", "")]
    public async Task The_client_is_an_address_or_nothing(string hostName, string machine, string client)
    {
        Answers(Session(4711, hostName, machine: machine));

        Assert.Equal(client, Assert.Single((await ReadAsync()).Smb1).Client);
    }

    [Theory]
    [InlineData("NT1")]
    [InlineData("LANMAN2")]
    [InlineData("LANMAN1")]
    [InlineData("COREPLUS")]
    [InlineData("CORE")]
    public async Task Samba_s_words_for_SMB1_and_what_was_before_it_count(string dialect)
    {
        Answers(Session(4711, "ipv4:10.0.0.1:50122", dialect));

        Assert.Single((await ReadAsync()).Smb1);
    }

    [Theory]
    [InlineData("SMB2_02")]
    [InlineData("SMB2_10")]
    [InlineData("SMB3_00")]
    [InlineData("SMB3_11")]
    public async Task Sessions_of_later_dialects_do_not_count(string dialect)
    {
        Answers(Session(4711, "ipv4:10.0.0.1:50122", dialect));

        var sessions = await ReadAsync();

        Assert.Equal((OpenSessionsOutcome.Listed, "No SMB1 session is open."), (sessions.Outcome, sessions.Detail));
        Assert.Empty(sessions.Smb1);
    }

    [Theory]
    [InlineData("\"Unknown (0x0400)\"")]
    [InlineData("\"\"")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{\"a\": [1]}")]
    public async Task A_dialect_that_is_not_known_leaves_a_doubt_and_hides_no_SMB1_session(string dialect)
    {
        Answers(
            "{\"server_id\": {\"pid\": \"1\"}, \"session_dialect\": " + dialect + ", \"hostname\": \"ipv4:10.0.0.2:1\"}", Session(4711, "ipv4:10.0.0.1:50122"));

        var sessions = await ReadAsync();

        Assert.Equal((OpenSessionsOutcome.PartlyListed, "10.0.0.1"), (sessions.Outcome, Assert.Single(sessions.Smb1).Client));
        Assert.Contains("dialect is not known: 1", sessions.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_smbstatus_ended_early_is_not_taken_for_the_whole()
    {
        // What 4.17 says and prints at a session with a user name that is not UTF-8; it ends with 0.
        _smbstatus.Result = new ProcessResult(
            0, List(), "json_add_string: Unable to add string [remote_machine], could not create string object\n");

        var sessions = await ReadAsync();

        Assert.Equal(OpenSessionsOutcome.PartlyListed, sessions.Outcome);
        Assert.DoesNotContain("No SMB1 session is open", sessions.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_of_other_nodes_of_a_cluster_are_left_to_them()
    {
        _proc.AddProcess(4711, "smbd[10.0.0.1]");
        Answers(Session(4711, "ipv4:10.0.0.1:50122", node: "0"), Session(4712, "ipv4:10.0.0.2:50122", node: "1"));

        var sessions = await ReadAsync();

        Assert.Equal((OpenSessionsOutcome.Listed, "10.0.0.1"), (sessions.Outcome, Assert.Single(sessions.Smb1).Client));
        Assert.Contains("other nodes of the cluster: 1", sessions.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_appear_twice_hide_no_session()
    {
        var (one, two) = (Session(1, "ipv4:10.0.0.1:1"), Session(2, "ipv4:10.0.0.2:2"));
        _smbstatus.Result = new ProcessResult(0, $$"""{"sessions": {"7": {{one}}, "7": {{two}}}, "sessions": {}, "x": [1, {"sessions": 3}]}""", "");

        Assert.Equal(2, (await ReadAsync()).Smb1.Count);
    }

    [Fact]
    public async Task Without_root_it_could_not_be_asked()
    {
        _smbstatus.Result = new ProcessResult(1, Samples.Read("smbstatus-4.17-not-root.json"), "smbstatus only works as root!\n");

        Assert.Equal(OpenSessionsOutcome.NotPermitted, (await ReadAsync()).Outcome);
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_read_gives_an_empty_list_which_is_none()
    {
        _smbstatus.Result = new ProcessResult(0, List(), "Can't load /etc/samba/other.conf - run testparm to debug it\n");

        Assert.Equal(OpenSessionsOutcome.Failed, (await ReadAsync()).Outcome);
    }

    [Theory]
    [InlineData(1, "", "\nInvalid option --json: unknown option\n\nUsage: [-?pvLSNbPRBnfV]")]
    [InlineData(0, "", "JSON support not available, please install lib Jansson\n")]
    [InlineData(0, "\nSamba version 4.9.5\nPID     Username     Group        Machine     Protocol Version  Encryption  Signing\n", "")]
    public async Task An_smbstatus_without_JSON_could_not_be_asked(int exitCode, string output, string error)
    {
        _smbstatus.Result = new ProcessResult(exitCode, output, error);

        var sessions = await ReadAsync();

        Assert.Equal(OpenSessionsOutcome.NotSupported, sessions.Outcome);
        Assert.Contains("4.17", sessions.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_smbstatus_it_could_not_be_asked()
    {
        _smbstatus.Result = new ProcessResult(null, "", "smbstatus could not be started: No such file or directory", StartError: 2);

        var sessions = await ReadAsync();

        Assert.Equal(OpenSessionsOutcome.NotSupported, sessions.Outcome);
        Assert.Contains("not installed", sessions.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_smbstatus_that_hangs_could_not_be_asked()
    {
        _smbstatus.Result = new ProcessResult(null, "", "smbstatus did not end within 30 s and was stopped");

        var sessions = await ReadAsync();

        Assert.Equal(OpenSessionsOutcome.Failed, sessions.Outcome);
        Assert.Contains("did not end within 30 s", sessions.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"sessions\": []}")]
    [InlineData("{\"sessions\": null}")]
    [InlineData("{\"sessions\": {\"1\": 7}}")]
    [InlineData("{\"sessions\": {}} {}")]
    [InlineData("{\"sessions\": {}")]
    [InlineData("{\"sessions\": {\"1\": {\"session_dialect\": \"NT1\"")]
    [InlineData("{\"sessions\": {\"1\": {\"session_dialect\": \"\\ud800\"}}}")]
    public async Task An_answer_of_another_form_is_not_taken_for_no_session(string output)
    {
        _smbstatus.Result = new ProcessResult(0, output, "");

        var sessions = await ReadAsync();

        Assert.Equal(OpenSessionsOutcome.Failed, sessions.Outcome);
        Assert.False(sessions.IsComplete);
    }

    [Fact]
    public async Task Wherever_a_real_answer_is_cut_it_is_not_taken_for_a_list()
    {
        var text = Samples.Read("smbstatus-4.17.json").TrimEnd();
        for (var length = 0; length < text.Length; length++)
        {
            _smbstatus.Result = new ProcessResult(0, text[..length], "");
            Assert.Equal(OpenSessionsOutcome.Failed, (await ReadAsync()).Outcome);
        }
    }

    [Fact]
    public async Task Names_that_are_not_UTF8_hide_no_session()
    {
        // The runner reads such bytes as replacement characters.
        Answers(Session(4711, "ipv4:10.0.0.1:50122", machine: "SC\ufffdNNER"));

        Assert.Equal("10.0.0.1", Assert.Single((await ReadAsync()).Smb1).Client);
    }

    [Fact]
    public async Task An_answer_that_was_too_long_to_keep_is_not_taken_for_a_list()
    {
        _smbstatus.Result = new ProcessResult(0, List(), "", IsCut: true);

        var sessions = await ReadAsync();

        Assert.Equal(OpenSessionsOutcome.Failed, sessions.Outcome);
        Assert.Contains("too long", sessions.Detail, StringComparison.Ordinal);
    }

    public void Dispose() => _proc.Dispose();

    private static string Session(int process, string hostName, string dialect = "NT1", string machine = "x", string node = "4294967295", string more = "") =>
        $$"""
        {"session_id": "7", "server_id": {"pid": "{{process}}", "task_id": "0", "vnn": "{{node}}", "unique_id": "8101700164880093007"}, "uid": 65534,
        "remote_machine": "{{machine}}", "hostname": "{{hostName}}", "session_dialect": "{{dialect}}", "encryption": {"cipher": "-", "degree": "none"} {{more}} }
        """;

    private static string List(params IEnumerable<string> sessions) =>
        $"{{\"version\": \"4.17.12-Debian\", \"sessions\": {{{string.Join(", ", sessions.Select((session, i) => $"\"{i}\": {session}"))}}}}}";

    private void Answers(params string[] sessions) => _smbstatus.Result = new ProcessResult(0, List(sessions), "");

    private Task<OpenSessions> ReadAsync() =>
        new OpenSessionReader(_smbstatus, new ProcessList(_proc.Folder), new SettableClock(Now), ConfigFile).ReadAsync(TestContext.Current.CancellationToken);

    private sealed class Answer : IProcessRunner
    {
        public ProcessResult Result { get; set; } = new(0, List(), "");

        public string? CommandLine { get; private set; }

        public Task<ProcessResult> RunAsync(string fileName, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken)
        {
            CommandLine = string.Join(' ', [fileName, .. arguments]);
            return Task.FromResult(Result);
        }
    }
}
