using Smb1Exporter.Auditing;
using Smb1Exporter.State;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.Counting;

public sealed class AttemptStoreTests : IDisposable
{
    private readonly StoreHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void An_attempt_before_anything_was_covered_is_remembered_over_a_restart()
    {
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        Assert.Equal(default, _harness.Store.Current.Watched);
        _harness.Restart();
        _harness.Watch(TimeSpan.FromMinutes(1));

        Assert.Equal(new WatchedTime(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(59)), _harness.Store.Current.Watched);
    }

    [Fact]
    public void Totals_times_and_position_survive_a_restart()
    {
        var first = _harness.Now;
        _harness.Apply(_harness.Attempt("192.168.1.214"), _harness.Attempt("192.168.1.214:50000"));
        _harness.Clock.Advance(TimeSpan.FromMinutes(3));
        var last = _harness.Now;
        _harness.Apply(_harness.Attempt("192.168.1.214"));
        _harness.Restart();

        var client = Assert.Single(_harness.Store.Current.Clients);
        Assert.Equal(new ClientTotals("192.168.1.214", new HeldCount(3), first, last), client);
        Assert.Equal("p2", _harness.Start().Position!.Text);
    }

    [Fact]
    public void Records_of_one_connection_within_ten_minutes_are_one_attempt_also_over_a_restart()
    {
        const string Connection = "ipv4:10.0.0.1:50000";
        var start = _harness.Now;
        _harness.Apply(_harness.Attempt("10.0.0.1", Connection, start), _harness.Attempt("10.0.0.1", Connection, start.AddSeconds(1)));
        _harness.Restart();
        _harness.Clock.Advance(TimeSpan.FromMinutes(10));
        _harness.Apply(_harness.Attempt("10.0.0.1", Connection, start.AddMinutes(10)));
        Assert.Equal(1, _harness.TotalOf("10.0.0.1"));

        _harness.Clock.Advance(TimeSpan.FromSeconds(1));
        _harness.Apply(_harness.Attempt("10.0.0.1", Connection, start.AddMinutes(10).AddSeconds(1)));
        Assert.Equal(2, _harness.TotalOf("10.0.0.1"));
    }

    [Fact]
    public void Connections_are_told_apart_while_a_backlog_is_read_that_is_older_than_the_memory()
    {
        var old = _harness.Now.AddMinutes(-50);
        _harness.Apply(_harness.Batch(_harness.Attempt("10.0.0.1", "c1", old)) with { CaughtUp = false });
        _harness.Apply(_harness.Attempt("10.0.0.1", "c1", old.AddSeconds(1)), _harness.Attempt("10.0.0.1", "c2", old.AddSeconds(2)));
        Assert.Equal(2, _harness.TotalOf("10.0.0.1"));
    }

    [Fact]
    public void Records_that_come_late_are_of_one_connection_too()
    {
        _harness.Apply(_harness.Batch());
        var old = _harness.Now.AddMinutes(-50);
        _harness.Apply(_harness.Attempt("10.0.0.1", "c1", old));
        _harness.Apply(_harness.Attempt("10.0.0.1", "c1", old.AddSeconds(1)));
        Assert.Equal(1, _harness.TotalOf("10.0.0.1"));
    }

    [Fact]
    public void The_first_run_counts_the_last_hour_and_nothing_older()
    {
        _harness.Apply(
            _harness.Attempt("10.0.0.1", time: _harness.Now.AddMinutes(-61)),
            _harness.Attempt("10.0.0.2", time: _harness.Now.AddMinutes(-59)));
        Assert.Equal("10.0.0.2", Assert.Single(_harness.Store.Current.Clients).Address);
    }

    [Fact]
    public void Once_caught_up_a_record_counts_whatever_its_time_because_a_clock_can_be_set_back()
    {
        _harness.Apply(_harness.Batch());
        _harness.Apply(_harness.Attempt("10.0.0.1", time: _harness.Now.AddDays(-400)));
        Assert.Equal(1, _harness.TotalOf("10.0.0.1"));
    }

    [Fact]
    public void A_client_that_comes_again_from_the_same_port_is_another_attempt_where_its_records_tell()
    {
        string?[] sessions = [null, null, "a", null, "b", "c", null];
        for (var i = 0; i < sessions.Length; i++)
        {
            _harness.Apply(_harness.Attempt("10.0.0.1", "ipv4:10.0.0.1:700", _harness.Now.AddSeconds(i)) with { SessionId = sessions[i] });
        }

        // A refused try, a good one with its session; another session; a third, for which no try was recorded; and one more try.
        Assert.Equal(4, _harness.Store.Current.Clients.Single().Attempts.Total);
    }

    [Fact]
    public void Records_of_one_session_count_once_in_whichever_order_they_are_read()
    {
        var tried = _harness.Attempt("10.0.0.1", "ipv4:10.0.0.1:700", _harness.Now.AddSeconds(1));
        var setUp = tried with { Time = tried.Time.AddSeconds(1), SessionId = "a" };
        _harness.Apply(setUp);
        _harness.Apply(tried, setUp);

        Assert.Equal(1, _harness.Store.Current.Clients.Single().Attempts.Total);
    }

    [Fact]
    public void A_connection_of_a_client_that_is_not_known_is_an_attempt_outside_the_cap()
    {
        _harness.Apply(_harness.Attempt("", "") with { ClientProblem = "no remoteAddress" });

        Assert.Equal(("unknown", 1L), _harness.Store.Current.Clients.Select(client => (client.Address, client.Attempts.Total)).Single());
        Assert.Equal(1, _harness.Store.Current.ReadErrors[ReadErrorReason.InvalidClient].Total);
        Assert.Equal(0, _harness.Store.Current.TrackedClients);
        Assert.NotNull(_harness.Store.Current.LastAttempt);
    }

    [Fact]
    public void What_may_hide_an_attempt_ends_the_quiet_time_and_says_why()
    {
        _harness.Watch(TimeSpan.FromMinutes(3));
        _harness.Apply(_harness.Batch() with { Errors = [new AuditReadError(ReadErrorReason.Malformed, "log byte 7", "cut off")] });
        var before = _harness.Store.Current.Watched;
        _harness.Apply(_harness.Batch() with { Errors = [new AuditReadError(ReadErrorReason.Malformed, "log byte 9", "cut off") { MayHideAttempt = true }] });

        Assert.Equal(new WatchedTime(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(3)), before);
        Assert.Equal(new WatchedTime(TimeSpan.FromMinutes(3), TimeSpan.Zero), _harness.Store.Current.Watched);
        Assert.Contains("log byte 9", _harness.Store.Current.CoverageHistory[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_position_of_many_rows_only_those_are_kept_that_are_in_it()
    {
        var rows = System.Collections.Immutable.ImmutableDictionary.Create<string, string>(StringComparer.Ordinal).Add("a", "1").Add("b", "2");
        _harness.Apply(_harness.Batch() with { Position = new AuditPosition(rows) });
        _harness.Apply(_harness.Batch() with { Position = new AuditPosition(rows.Remove("a").SetItem("b", "3")) });
        _harness.Restart();

        var row = Assert.Single(_harness.Start().Position!.Rows);
        Assert.Equal(("b", "3"), (row.Key, row.Value));
    }

    [Fact]
    public void A_lost_position_replays_nothing_and_loses_nothing_newer()
    {
        var counted = _harness.Attempt("10.0.0.1", time: _harness.Now.AddMinutes(-5));
        _harness.Apply(counted);
        var lost = _harness.Batch(counted, _harness.Attempt("10.0.0.1", time: _harness.Now.AddMinutes(-4))) with
        {
            StartedOver = true,
            Gaps = [new AuditGap("log", "position lost")],
        };
        _harness.Apply(lost);
        Assert.Equal(2, _harness.TotalOf("10.0.0.1"));
        Assert.Equal(1, _harness.Store.Current.Gaps.Total);
    }

    [Fact]
    public void Excluded_clients_are_counted_apart_and_leave_no_address()
    {
        _harness.Options.ExcludedClients = ["10.9.0.0/16"];
        _harness.Apply(_harness.Attempt("10.9.1.1"), _harness.Attempt("10.8.1.1"), _harness.Attempt("::ffff:10.9.3.3", count: 4));
        Assert.Equal(5, _harness.Store.Current.Excluded.Total);
        Assert.Equal("10.8.1.1", Assert.Single(_harness.Store.Current.Clients).Address);
    }

    [Fact]
    public void Rejections_are_never_added_to_attempts()
    {
        _harness.Apply(new AuditRecord(AuditRecordKind.Rejection, _harness.Now, "", null, 7, "test"));
        Assert.Equal(7, _harness.Store.Current.Rejected.Total);
        Assert.Empty(_harness.Store.Current.Clients);
    }

    [Fact]
    public void Clients_beyond_the_cap_share_other_and_known_ones_keep_their_own()
    {
        _harness.Options.MaxClients = 2;
        _harness.Apply([.. "abcda".Select(c => _harness.Attempt(c.ToString()))]);
        Assert.Equal(2, _harness.TotalOf("a"));
        Assert.Equal(2, _harness.TotalOf("other"));
        Assert.Equal(2, _harness.Store.Current.TrackedClients);
    }

    [Fact]
    public void A_bad_client_is_counted_with_its_place_and_the_rest_of_the_batch_counts()
    {
        var outcome = _harness.Apply(_harness.Attempt("a\nb") with { Origin = "log:17" }, _harness.Attempt("10.0.0.1"));
        Assert.Equal("log:17", Assert.Single(outcome.Errors).Place);
        Assert.Equal(1, _harness.Store.Current.ReadErrors[ReadErrorReason.InvalidClient].Total);
        Assert.Equal(1, _harness.TotalOf("10.0.0.1"));
    }

    [Fact]
    public void A_client_unseen_for_the_retention_is_forgotten_frees_its_place_and_returns_at_zero()
    {
        _harness.Options.MaxClients = 1;
        _harness.Apply(_harness.Attempt("10.0.0.1", count: 5));
        _harness.Clock.Advance(_harness.Options.ClientRetention);
        Assert.Empty(_harness.Store.ForgetUnseenClients());
        _harness.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(_harness.Store.ForgetUnseenClients());
        _harness.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["10.0.0.1"], _harness.Store.ForgetUnseenClients());

        _harness.Apply(_harness.Attempt("10.0.0.2"), _harness.Attempt("10.0.0.1"));
        var born = _harness.Store.Current.Clients.Single(c => c.Address == "10.0.0.2").Attempts;
        Assert.Equal((1, 0), (born.Total, born.ShownAt(_harness.Clock.GetTimestamp())));
        Assert.Equal(1, _harness.TotalOf("other"));
    }

    [Fact]
    public void A_clock_that_is_far_ahead_for_a_while_forgets_nobody()
    {
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        _harness.Store.Look(true);
        _harness.Clock.SetClockForward(TimeSpan.FromDays(200));
        _harness.Store.Look(true);
        Assert.Empty(_harness.Store.ForgetUnseenClients());
        _harness.Clock.SetClockForward(TimeSpan.FromDays(-200));
        _harness.Store.Look(true);
        _harness.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Empty(_harness.Store.ForgetUnseenClients());
        Assert.Equal(
            ["The clock of this server was set back by 200 days.", "The clock of this server was set forward by 200 days."],
            _harness.Store.Current.CoverageHistory.Where(entry => entry.IsNote).Select(entry => entry.Text));
    }

    [Fact]
    public void A_record_from_the_far_future_cannot_keep_its_client_for_ever()
    {
        _harness.Apply(_harness.Attempt("10.0.0.1", time: _harness.Now.AddYears(1000)));
        Assert.Equal(_harness.Now, Assert.Single(_harness.Store.Current.Clients).LastSeen);
    }

    [Fact]
    public void Watched_time_goes_on_over_a_restart_without_the_stop_and_ends_with_a_gap_or_with_auditing()
    {
        Assert.Null(_harness.Store.Current.CoveredSince);
        var begin = _harness.Now;
        _harness.Watch(TimeSpan.FromMinutes(10));
        _harness.Apply(_harness.Batch());
        _harness.Restart();
        _harness.Clock.Advance(TimeSpan.FromDays(2));
        _harness.Watch(TimeSpan.FromMinutes(5));
        Assert.Equal(begin, _harness.Store.Current.CoveredSince);
        Assert.Equal(new WatchedTime(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15)), _harness.Store.Current.Watched);
        Assert.Contains(_harness.Store.Current.CoverageHistory, entry => entry.Text.Contains("did not run since", StringComparison.Ordinal));

        _harness.Apply(_harness.Batch() with { Gaps = [new AuditGap("log", "truncated")] });
        Assert.Equal(default, _harness.Store.Current.Watched);
        Assert.Null(_harness.Store.Current.CoveredSince);
        _harness.Watch(TimeSpan.FromMinutes(1));
        Assert.Equal(new WatchedTime(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)), _harness.Store.Current.Watched);

        _harness.Store.EndCoverage("Auditing was found off.");
        Assert.Equal(default, _harness.Store.Current.Watched);
        Assert.Equal("Auditing was found off.", _harness.Store.Current.CoverageHistory[0].Text);
    }

    [Fact]
    public void An_attempt_ends_the_quiet_time_whatever_time_its_record_bears()
    {
        _harness.Apply(_harness.Batch());
        _harness.Watch(TimeSpan.FromMinutes(10));
        _harness.Apply(_harness.Attempt("10.0.0.1", time: _harness.Now.AddDays(-34)));
        Assert.Equal(new WatchedTime(TimeSpan.FromMinutes(10), TimeSpan.Zero), _harness.Store.Current.Watched);
    }

    [Fact]
    public void Time_that_the_clock_jumped_over_or_the_program_slept_through_was_not_watched()
    {
        _harness.Watch(TimeSpan.FromMinutes(1));
        _harness.Clock.SetClockForward(TimeSpan.FromDays(34));
        _harness.Watch(TimeSpan.FromMinutes(1));
        _harness.Clock.Advance(TimeSpan.FromDays(34));
        _harness.Store.Look(true);

        Assert.Equal(TimeSpan.FromMinutes(3), _harness.Store.Current.Watched.Covered);
    }

    [Fact]
    public void Time_between_two_looks_counts_only_if_the_server_was_watched_at_both()
    {
        _harness.Store.Look(true);
        _harness.Clock.Advance(TimeSpan.FromSeconds(5));
        _harness.Store.Look(false);
        _harness.Clock.Advance(TimeSpan.FromSeconds(5));
        _harness.Store.Look(true);

        Assert.Equal(default, _harness.Store.Current.Watched);
    }

    [Fact]
    public void A_batch_that_fails_half_way_leaves_everything_as_it_was()
    {
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        var before = _harness.Store.Current;
        Assert.Throws<InvalidOperationException>(() => _harness.Apply(_harness.Batch() with { Records = new HalfList(_harness.Attempt("10.0.0.2")) }));
        Assert.Same(before, _harness.Store.Current);
        _harness.Restart();
        Assert.Equal(before.Clients.Select(client => (client.Address, client.Attempts.Total)), _harness.Store.Current.Clients.Select(client => (client.Address, client.Attempts.Total)));
        Assert.Equal("p1", _harness.Start().Position!.Text);
    }

    private sealed class HalfList(AuditRecord first) : IReadOnlyList<AuditRecord>
    {
        public int Count => 2;

        public AuditRecord this[int index] => index == 0 ? first : throw new InvalidOperationException();

        public IEnumerator<AuditRecord> GetEnumerator()
        {
            yield return this[0];
            yield return this[1];
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
