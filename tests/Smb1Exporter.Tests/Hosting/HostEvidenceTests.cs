using Microsoft.Extensions.Logging.Testing;
using Smb1Exporter.Auditing;
using Smb1Exporter.Hosting;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.Hosting;

/// <summary>What the server answers goes before what its configuration says, and time counts from one answer to the next.</summary>
public sealed class HostEvidenceTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly AuditingState On = new(true, true, "smb.conf says so.");
    private static readonly ProofResult Unanswered = new(null, null, "it closed the connection");
    private readonly StoreHarness _harness = new();
    private FakeProver _server;
    private readonly HostState _state;
    private readonly FakeLogCollector _log = new();
    private HostEvidence _evidence;

    public HostEvidenceTests()
    {
        _server = new FakeProver { Clock = _harness.Clock };
        _state = new HostState(_harness.Clock);
        _evidence = CreateEvidence();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private TimeSpan Covered => _harness.Store.Current.Watched.Covered;

    private TimeSpan Quiet => _harness.Store.Current.Watched.Quiet;

    public void Dispose()
    {
        _evidence.Dispose();
        _harness.Dispose();
    }

    [Fact]
    public async Task What_was_watched_counts_once_the_next_answer_is_as_the_one_before()
    {
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        Assert.Equal(TimeSpan.Zero, Covered);

        await AskAsync();
        Assert.Equal((Interval, Interval), (Covered, Quiet));

        Watch(Interval);
        await AskAsync();
        Assert.Equal(2 * Interval, Covered);
    }

    [Fact]
    public async Task What_was_watched_before_a_change_of_the_server_does_not_count_and_what_counted_before_stays()
    {
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        await AskAsync();
        Watch(Interval);
        _evidence.NoteChange();
        await AskAsync();

        Assert.Equal(Interval, Covered);
        Watch(Interval);
        await AskAsync();
        Assert.Equal(2 * Interval, Covered);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_that_nobody_looked_for_takes_the_time_away_too_be_it_while_the_server_is_asked(bool isMeanwhile)
    {
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        if (isMeanwhile)
        {
            _server.Meanwhile = () => _server.Stamp = "another";
        }
        else
        {
            _server.Stamp = "another";
        }

        await AskAsync();
        Assert.Equal(TimeSpan.Zero, Covered);
    }

    [Fact]
    public async Task After_a_restart_nothing_counts_until_two_answers_are_the_same()
    {
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        await AskAsync();
        _harness.Restart();
        _evidence.Dispose();
        _evidence = CreateEvidence();
        Watch(Interval);
        await _evidence.UpdateAsync(On, Cancelled);
        Look();

        Assert.Equal(Interval, Covered);
    }

    [Fact]
    public async Task Where_our_own_records_do_not_arrive_auditing_is_off_whatever_the_configuration_says()
    {
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        await AskAsync();
        _server.Audited = new ProofResult(false, null, "three log-ons left no record");
        await AskAsync();

        Assert.False(_state.Auditing.AuditingEnabled);
        Assert.Contains("three log-ons left no record", _state.Reading.AuditingDetail, StringComparison.Ordinal);
        Assert.Contains("smb.conf says so.", _state.Reading.AuditingDetail, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, Covered);
    }

    [Fact]
    public async Task What_an_answer_changes_is_logged_once_with_both_sides()
    {
        await _evidence.UpdateAsync(On, Cancelled);
        _server.Audited = new ProofResult(false, null, "three log-ons left no record");
        for (var asked = 0; asked < 3; asked++)
        {
            await AskAsync();
            _evidence.Refresh();
        }

        Assert.Equal([201, 202], _log.GetSnapshot().Select(line => line.Id.Id));
        Assert.Contains("three log-ons left no record. The configuration says: smb.conf says so.", _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_our_own_records_arrive_auditing_is_on_whatever_the_configuration_says()
    {
        await _evidence.UpdateAsync(new AuditingState(false, false, "smb.conf sets level 0."), Cancelled);

        Assert.Equal((true, true), (_state.Auditing.ServerEnabled, _state.Auditing.AuditingEnabled));
        Assert.Equal("smb.conf sets level 0.", _state.Reading.ConfigurationDetail);
    }

    [Fact]
    public async Task An_answer_holds_for_two_intervals_in_which_the_server_cannot_be_asked_and_then_nothing_is_known()
    {
        await _evidence.UpdateAsync(On, Cancelled);
        (_server.Served, _server.Audited) = (Unanswered, Unanswered);
        _harness.Clock.Advance(2 * Interval);
        await AskAsync();
        Assert.Equal((true, true), (_state.Auditing.ServerEnabled, _state.Auditing.AuditingEnabled));

        _harness.Clock.Advance(TimeSpan.FromSeconds(1));
        _evidence.Refresh();
        Assert.Null(_state.Auditing.AuditingEnabled);
        Assert.Contains("it closed the connection", _state.Reading.AuditingDetail, StringComparison.Ordinal);
        Assert.Equal(_harness.Now - (2 * Interval) - TimeSpan.FromSeconds(1), _state.Proof.Audited.Time);
    }

    [Fact]
    public async Task A_configuration_by_which_SMB1_is_off_is_not_believed_where_the_server_cannot_be_asked()
    {
        (_server.Served, _server.Audited) = (Unanswered, Unanswered);
        await _evidence.UpdateAsync(new AuditingState(false, true, "smb.conf says so."), Cancelled);

        Assert.Equal((null, null), (_state.Auditing.ServerEnabled, _state.Auditing.AuditingEnabled));
    }

    [Fact]
    public async Task Once_changed_a_server_that_cannot_be_asked_is_not_what_it_was()
    {
        await _evidence.UpdateAsync(On, Cancelled);
        (_server.Served, _server.Audited) = (Unanswered, Unanswered);
        _evidence.NoteChange();
        await AskAsync();

        Assert.Null(_state.Auditing.AuditingEnabled);
    }

    [Fact]
    public async Task Switched_off_and_on_again_SMB1_has_to_be_watched_anew()
    {
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        await AskAsync();
        _server.Served = new ProofResult(false, null, "127.0.0.1:445 refused");
        await AskAsync();
        Assert.False(_state.Auditing.ServerEnabled);

        Watch(Interval);
        _server.Served = new ProofResult(true, null, "127.0.0.1:445 answered");
        await AskAsync();
        Look();
        Assert.Equal(TimeSpan.Zero, Covered);
    }

    [Fact]
    public async Task An_attempt_after_the_server_refused_SMB1_shows_that_it_is_served_elsewhere()
    {
        _server.Served = new ProofResult(false, null, "127.0.0.1:445 refused");
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        _harness.Clock.Advance(TimeSpan.FromSeconds(1));
        await _evidence.UpdateAsync(On, Cancelled);
        Assert.False(_state.Auditing.ServerEnabled);

        _harness.Clock.Advance(TimeSpan.FromSeconds(1));
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        _evidence.Refresh();
        Assert.True(_state.Auditing.ServerEnabled);
        Assert.Contains("although 127.0.0.1:445 refused", _state.Auditing.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_names_of_clients_get_lost_that_is_told_and_nothing_is_covered()
    {
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        await AskAsync();
        Assert.Equal(Interval, Covered);

        _server.Unseen = "Names beyond ASCII are lost.";
        await AskAsync();
        Watch(Interval);
        await AskAsync();

        Assert.True(_state.Auditing.AuditingEnabled);
        Assert.Contains("Names beyond ASCII are lost.", _state.Reading.AuditingDetail, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, Covered);
    }

    [Fact]
    public async Task A_session_that_left_no_record_counts_once_and_the_quiet_time_stands_still_while_it_is_open()
    {
        _server.OpenSessions = [Session("10.0.0.1", begin: _harness.Now - TimeSpan.FromDays(30))];
        _server.Idle = new ProofResult(false, null, "10.0.0.1");
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        await AskAsync();
        Assert.Equal((1, Interval, TimeSpan.Zero), (_harness.TotalOf("10.0.0.1"), Covered, Quiet));

        _harness.Restart();
        _evidence.Dispose();
        _evidence = CreateEvidence();
        await AskAsync();
        Assert.Equal(1, _harness.TotalOf("10.0.0.1"));

        (_server.OpenSessions, _server.Idle) = ([], new ProofResult(true, null, "none"));
        await AskAsync();
        Watch(Interval);
        await AskAsync();
        Assert.Equal(Interval, Quiet);
    }

    [Fact]
    public async Task A_session_whose_record_was_read_counts_once()
    {
        var session = Session("10.0.0.1", begin: _harness.Now);
        _harness.Apply(_harness.Attempt("10.0.0.1", session.Connection));
        (_server.OpenSessions, _server.Idle) = ([session], new ProofResult(false, null, "10.0.0.1"));
        for (var asked = 0; asked < 6; asked++)
        {
            _harness.Clock.Advance(Interval);
            await AskAsync();
        }

        Assert.Equal(1, _harness.TotalOf("10.0.0.1"));
    }

    [Fact]
    public async Task A_session_that_just_began_is_left_to_its_record_and_counts_by_itself_if_none_comes()
    {
        (_server.OpenSessions, _server.Idle) = ([Session("10.0.0.1", begin: _harness.Now)], new ProofResult(false, null, "10.0.0.1"));
        await _evidence.UpdateAsync(On, Cancelled);
        Assert.Equal(0, _harness.TotalOf("10.0.0.1"));

        _harness.Clock.Advance(Interval);
        await AskAsync();
        Assert.Equal(1, _harness.TotalOf("10.0.0.1"));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("include = %I.conf sets a level for some clients.", 1)]
    public async Task A_session_that_began_while_each_leaves_a_record_is_counted_by_that_and_by_itself_where_some_leave_none(string unseen, int counted)
    {
        var opinion = On with { Unseen = unseen };
        _server.Uptime = 0;
        await _evidence.UpdateAsync(opinion, Cancelled);
        await AskAsync();
        _harness.Clock.Advance(TimeSpan.FromHours(1));

        // Found when its record, if there was one, is forgotten.
        (_server.OpenSessions, _server.Idle, _server.Uptime) = (
            [Session("10.0.0.1", _harness.Now - TimeSpan.FromMinutes(30)) with { ProcessStarted = 30 * 60 * 100 }], new ProofResult(false, null, "10.0.0.1"), 60 * 60 * 100);
        await AskAsync();

        Assert.Equal(counted, _harness.TotalOf("10.0.0.1"));
    }

    [Fact]
    public async Task Sessions_of_excluded_clients_hold_nothing_up()
    {
        _harness.Options.ExcludedClients = ["10.0.0.0/8"];
        _harness.Restart();
        _evidence.Dispose();
        _evidence = CreateEvidence();
        (_server.OpenSessions, _server.Idle) = ([Session("10.0.0.1", begin: _harness.Now - TimeSpan.FromDays(1))], new ProofResult(false, null, "10.0.0.1"));
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        await AskAsync();

        Assert.Equal((Interval, 0), (Quiet, _harness.TotalOf("10.0.0.1")));
    }

    [Fact]
    public async Task While_a_list_of_sessions_cannot_be_read_to_its_end_the_quiet_time_stands_still()
    {
        (_server.MayHideSessions, _server.Idle) = (true, Unanswered);
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        await AskAsync();

        Assert.Equal((Interval, TimeSpan.Zero), (Covered, Quiet));
    }

    [Fact]
    public async Task A_connection_of_our_own_never_counts_though_the_program_ends_before_its_record_is_read()
    {
        _server.From = "ipv4:127.0.0.1:40000";
        await _evidence.UpdateAsync(On, Cancelled);
        _harness.Restart();
        _harness.Apply(_harness.Attempt("127.0.0.1", _server.From), _harness.Attempt("127.0.0.1", _server.From) with { SessionId = "1", ClientName = "US" });
        Assert.Empty(_harness.Store.Current.Clients);

        _harness.Clock.Advance(TimeSpan.FromMinutes(11));
        _harness.Apply(_harness.Attempt("127.0.0.1", _server.From));
        Assert.Equal(1, _harness.TotalOf("127.0.0.1"));
    }

    [Fact]
    public async Task Beside_settings_that_are_believed_time_counts_without_any_proof()
    {
        Believe();
        (_server.Served, _server.Audited) = (Unanswered, Unanswered);
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        Assert.Equal((Interval, Interval, true), (Covered, Quiet, _state.Auditing.AuditingEnabled));

        _server.Audited = new ProofResult(true, null, "the event arrived");
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        (_server.Served, _server.Audited) = (Unanswered, Unanswered);
        await _evidence.UpdateAsync(On, Cancelled);
        Watch(Interval);
        Assert.Equal((3 * Interval, 3 * Interval), (Covered, Quiet));
    }

    [Fact]
    public async Task What_is_proved_beside_settings_that_are_believed_goes_before_them_and_holds_until_they_are_looked_at_again()
    {
        Believe();
        var off = new AuditingState(false, false, "Windows says so.");
        (_server.Served, _server.Audited) = (new ProofResult(true, null, "it answered"), new ProofResult(true, null, "the event arrived"));
        await _evidence.UpdateAsync(off, Cancelled);
        Assert.Equal((true, true), (_state.Auditing.ServerEnabled, _state.Auditing.AuditingEnabled));
        Assert.Contains("SMB1 is audited, whatever the settings say: the event arrived.", _state.Auditing.Detail, StringComparison.Ordinal);
        var proved = _state.Proof.Audited.Time;

        (_server.Served, _server.Audited) = (Unanswered, Unanswered);
        await _evidence.UpdateAsync(off, Cancelled);
        Assert.Equal((false, false), (_state.Auditing.ServerEnabled, _state.Auditing.AuditingEnabled));
        Assert.Equal((null, proved), (_state.Proof.Audited.Answer, _state.Proof.Audited.Time));
    }

    private static OpenSession Session(string client, DateTimeOffset begin) => new(client, 50122, $"ipv4:{client}:50122", 4711, 815, begin);

    private void Believe()
    {
        _server = new FakeProver { Clock = _harness.Clock, IsBelief = true };
        _evidence.Dispose();
        _evidence = CreateEvidence();
    }

    private HostEvidence CreateEvidence() => new(
        _server, _harness.Store, _state, new AuditingOptions { ProofInterval = Interval }, _harness.Clock, new FakeLogger<AuditingKeeper>(_log));

    private async Task AskAsync()
    {
        await _evidence.ProveAsync(Cancelled);
        Look();
    }

    private void Look() => _harness.Store.Look(_state.Auditing is { AuditingEnabled: true, ServerEnabled: not false, Unseen: "" }, needsProof: _server.Asks);

    private void Watch(TimeSpan time)
    {
        Look();
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(5))
        {
            _harness.Clock.Advance(TimeSpan.FromSeconds(5));
            Look();
        }
    }
}
