using Smb1Exporter.Auditing;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.Auditing;

public class ReadingLagTests
{
    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 11, 23, 4, 0, 0, TimeSpan.Zero));
    private readonly ReadingLag _lag;

    public ReadingLagTests() => _lag = new ReadingLag(_clock);

    [Fact]
    public void It_is_not_known_before_the_log_was_read() => Assert.Null(_lag.Current);

    [Fact]
    public void The_backlog_of_the_first_start_is_as_old_as_what_reading_has_come_to_and_ends_with_it()
    {
        _lag.Begin(_clock.GetUtcNow().AddHours(-1));
        Assert.Equal(TimeSpan.FromHours(1), _lag.Current);
        NoteCounted(TimeSpan.FromMinutes(-90));
        Assert.Equal(TimeSpan.FromHours(1), _lag.Current);
        NoteCounted(TimeSpan.FromMinutes(-20));
        _lag.Begin(_clock.GetUtcNow().AddHours(-1));
        Assert.Equal(TimeSpan.FromMinutes(20), _lag.Current);
        _lag.CatchUp();
        Assert.Equal(TimeSpan.Zero, _lag.Current);
    }

    [Fact]
    public void Caught_up_it_is_zero_however_long_the_log_is_quiet()
    {
        CatchUp();
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.Zero, _lag.Current);
    }

    [Fact]
    public void While_a_read_takes_long_it_grows_whatever_times_the_records_bear_and_however_the_clock_is_set()
    {
        CatchUp();
        _clock.Advance(TimeSpan.FromHours(1));
        Begin();
        _clock.Advance(TimeSpan.FromMinutes(1));
        NoteCounted(TimeSpan.FromDays(-3));
        Begin();
        _clock.Advance(TimeSpan.FromMinutes(1));
        _clock.SetClockForward(TimeSpan.FromDays(400));
        Assert.Equal(TimeSpan.FromMinutes(2), _lag.Current);
        _lag.CatchUp();
        Assert.Equal(TimeSpan.Zero, _lag.Current);
    }

    [Fact]
    public void A_clock_that_was_behind_when_the_backlog_was_written_hides_no_lag()
    {
        Begin();
        NoteCounted(TimeSpan.FromDays(3));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromMinutes(1), _lag.Current);
    }

    [Fact]
    public void Of_a_log_that_fails_it_is_known_since_when_it_was_not_read_and_of_one_that_never_could_be_nothing()
    {
        Begin();
        _lag.NoteFailure();
        Assert.Null(_lag.Current);
        CatchUp();
        Begin();
        _lag.NoteFailure();
        _clock.Advance(TimeSpan.FromMinutes(5));
        Begin();
        _lag.NoteFailure();
        Assert.Equal(TimeSpan.FromMinutes(5), _lag.Current);
    }

    private void Begin() => _lag.Begin(_clock.GetUtcNow());

    private void CatchUp()
    {
        Begin();
        _lag.CatchUp();
    }

    private void NoteCounted(TimeSpan fromNow) =>
        _lag.NoteCounted([new AuditRecord(AuditRecordKind.Attempt, _clock.GetUtcNow() + fromNow, "10.0.0.1", null, 1, "test")]);
}
