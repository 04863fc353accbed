using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Tests.Auditing.Windows;

public sealed class WindowsEventLogSourceTests : IDisposable
{
    private readonly EventLogFixture _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void The_first_run_looks_back_as_far_as_asked_and_no_further()
    {
        _log.Audit.WriteAttempt(_log.NotBefore - TimeSpan.FromSeconds(1), "10.0.0.1");
        _log.Audit.WriteAttempt(_log.NotBefore, "10.0.0.2");
        _log.Audit.WriteOther(_log.Now);
        _log.Audit.WriteAttempt(_log.Now, "10.0.0.3");
        _log.Operational.WriteRejection(_log.Now);

        var batch = _log.Read();

        Assert.Equal(
            [(AuditRecordKind.Attempt, "10.0.0.2"), (AuditRecordKind.Attempt, "10.0.0.3"), (AuditRecordKind.Rejection, "")],
            batch.Records.Select(record => (record.Kind, record.Client)));
        Assert.Equal("Microsoft-Windows-SMBServer/Audit record 2", batch.Records[0].Place);
        Assert.Empty(batch.Gaps);
        Assert.Empty(batch.Errors);
        Assert.True(batch.CaughtUp);
    }

    [Fact]
    public void What_is_written_later_is_read_once_also_over_a_restart()
    {
        _log.Read();
        _log.Audit.WriteAttempt(_log.Now, "10.0.0.1");
        _log.Operational.WriteRejection(_log.Now);
        Assert.Equal(2, _log.Read().Records.Count);
        Assert.Empty(_log.Read().Records);

        _log.Restart();
        Assert.Empty(_log.Read().Records);
        _log.Audit.WriteAttempt(_log.Now, "10.0.0.2");

        var batch = _log.Read();
        Assert.Equal("10.0.0.2", Assert.Single(batch.Records).Client);
        Assert.Empty(batch.Gaps);
    }

    [Fact]
    public void A_jump_of_record_numbers_is_no_loss()
    {
        _log.Audit.WriteAttempt(_log.Now);
        _log.Read();
        _log.Audit.WriteOther(_log.Now);
        _log.Audit.Jump(10_000);
        _log.Audit.WriteAttempt(_log.Now);

        var batch = _log.Read();

        Assert.Single(batch.Records);
        Assert.Empty(batch.Gaps);
    }

    [Fact]
    public void Events_older_by_the_clock_are_still_read_when_they_come_after_the_position()
    {
        _log.Audit.WriteAttempt(_log.Now);
        _log.Read();
        _log.Audit.WriteAttempt(_log.Now - TimeSpan.FromMinutes(30), "10.0.0.9");

        Assert.Equal("10.0.0.9", Assert.Single(_log.Read().Records).Client);
    }

    [Fact]
    public void A_channel_that_wrapped_past_the_position_is_a_gap_and_reading_goes_on_from_its_oldest_record()
    {
        _log.Audit.WriteAttempt(_log.Now);
        _log.Read();
        Write(_log.Audit, 10);
        _log.Audit.Wrap(kept: 4);

        var batch = _log.Read();

        Assert.Equal(4, batch.Records.Count);
        var gap = Assert.Single(batch.Gaps);
        Assert.Equal(SmbServerEvents.AuditChannel, gap.Place);
        Assert.Contains("up to 6 records are lost", gap.Detail, StringComparison.Ordinal);
        Assert.Empty(_log.Read().Gaps);
    }

    [Fact]
    public void A_channel_that_wrapped_up_to_the_position_lost_nothing()
    {
        Write(_log.Audit, 3);
        _log.Read();
        Write(_log.Audit, 5);

        _log.Audit.Wrap(kept: 5);
        var batch = _log.Read();

        Assert.Equal(5, batch.Records.Count);
        Assert.Empty(batch.Gaps);
    }

    [Fact]
    public void A_quiet_channel_is_anchored_at_its_newest_record_so_that_a_later_wrap_can_be_judged()
    {
        for (var i = 0; i < 20; i++)
        {
            _log.Audit.WriteOther(_log.NotBefore - TimeSpan.FromDays(1));
        }

        Assert.Empty(_log.Read().Records);
        _log.Audit.WriteOther(_log.Now);
        _log.Audit.Wrap(kept: 1);
        Assert.Empty(_log.Read().Gaps);

        Write(_log.Audit, 5);
        _log.Audit.Wrap(kept: 2);
        Assert.Single(_log.Read().Gaps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_cleared_channel_is_one_gap_and_what_follows_is_read_once(bool numbersStartAnew)
    {
        Write(_log.Audit, 5);
        _log.Read();
        _log.Audit.Clear(numbersStartAnew);

        var cleared = _log.Read();
        Assert.Contains("cleared", Assert.Single(cleared.Gaps).Detail, StringComparison.Ordinal);
        Assert.Empty(cleared.Records);
        Assert.Empty(_log.Read().Gaps);

        Write(_log.Audit, 2);
        var after = _log.Read();
        Assert.Equal(2, after.Records.Count);
        Assert.Empty(after.Gaps);
        Assert.Empty(_log.Read().Records);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(true, 5)]
    [InlineData(true, 9)]
    [InlineData(false, 2)]
    [InlineData(false, 9)]
    public void A_channel_cleared_and_written_again_unseen_is_a_gap_and_all_of_it_is_read(bool numbersStartAnew, int written)
    {
        Write(_log.Audit, 5);
        _log.Read();
        Write(_log.Audit, 1);
        _log.Audit.Clear(numbersStartAnew);
        Write(_log.Audit, written);

        var batch = _log.Read();

        Assert.Single(batch.Gaps);
        Assert.Equal(written, batch.Records.Count);
        Assert.Empty(_log.Read().Records);
        Assert.Empty(_log.Read().Gaps);
    }

    [Fact]
    public void A_channel_found_empty_that_has_wrapped_since_is_a_gap()
    {
        Write(_log.Audit, 3);
        _log.Audit.Clear(numbersStartAnew: false);
        Assert.Empty(_log.Read().Gaps);
        Write(_log.Audit, 50);
        _log.Audit.Wrap(kept: 10);

        var batch = _log.Read();

        Assert.Single(batch.Gaps);
        Assert.Equal(10, batch.Records.Count);
    }

    [Fact]
    public void An_older_copy_of_the_log_put_back_replays_nothing()
    {
        Write(_log.Audit, 5);
        var copy = Enumerable.Range(0, 3).Select(i => _log.Now - TimeSpan.FromMinutes(10 - i)).ToList();
        _log.Read();
        _log.Audit.Clear(numbersStartAnew: true);
        copy.ForEach(time => _log.Audit.WriteAttempt(time));

        var batch = _log.Read();
        Assert.Single(batch.Gaps);
        Assert.Empty(batch.Records);

        _log.Audit.WriteAttempt(_log.Now, "10.0.0.77");
        Assert.Equal("10.0.0.77", Assert.Single(_log.Read().Records).Client);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("<BookmarkList><Bookmark/></BookmarkList>")]
    [InlineData("{\"version\":2,\"channels\":{}}")]
    [InlineData("{\"version\":1,\"channels\":null}")]
    [InlineData("{\"version\":1,\"channels\":{\"Microsoft-Windows-SMBServer/Audit\":null}}")]
    [InlineData("{\"version\":1,\"channels\":{\"Microsoft-Windows-SMBServer/Audit\":{\"record\":-3}}}")]
    [InlineData("{\"version\":1,\"channels\":{\"Microsoft-Windows-SMBServer/Audit\":{\"record\":4711,\"time\":null}}}")]
    [InlineData("{\"version\":1,\"channels\":{\"Microsoft-Windows-SMBServer/Audit\":{\"record\":99999999999999999999}}}")]
    public void A_damaged_position_is_one_gap_and_only_what_is_not_known_to_be_counted_is_read(string position)
    {
        _log.Audit.WriteAttempt(_log.NotBefore - TimeSpan.FromMinutes(1), "10.0.0.1");
        _log.Audit.WriteAttempt(_log.NotBefore + TimeSpan.FromMinutes(1), "10.0.0.2");
        _log.Position = AuditPosition.Of(position);

        var batch = _log.Read();

        Assert.Single(batch.Gaps);
        Assert.Equal("10.0.0.2", Assert.Single(batch.Records).Client);
        Assert.Empty(_log.Read().Gaps);
        Assert.Empty(_log.Read().Records);
    }

    [Fact]
    public void Any_truncation_of_a_stored_position_is_survived()
    {
        Write(_log.Audit, 3);
        _log.Read();
        var whole = _log.Position!.Text;

        for (var length = 0; length < whole.Length; length++)
        {
            _log.Position = AuditPosition.Of(whole[..length]);
            Assert.Single(_log.Read().Gaps);
        }
    }

    [Fact]
    public void A_record_that_the_log_hands_out_twice_is_taken_once()
    {
        _log.Audit.Repeats = true;
        Write(_log.Audit, 3);
        Assert.Equal(3, _log.ReadAll().Records.Count);

        Write(_log.Audit, 2);
        Assert.Equal(2, _log.ReadAll().Records.Count);
    }

    [Theory]
    [InlineData(WindowsEventLogSource.RecordsPerRead - 1)]
    [InlineData(WindowsEventLogSource.RecordsPerRead)]
    [InlineData(WindowsEventLogSource.RecordsPerRead + 1)]
    [InlineData((3 * WindowsEventLogSource.RecordsPerRead) + 17)]
    public void A_burst_larger_than_a_read_is_read_in_parts_without_loss(int count)
    {
        _log.Read();
        Write(_log.Audit, count);

        var first = _log.Read();

        Assert.Equal(count < WindowsEventLogSource.RecordsPerRead, first.CaughtUp);
        Assert.True(first.Records.Count <= WindowsEventLogSource.RecordsPerRead);
        var rest = first.CaughtUp ? [] : _log.ReadAll().Records;
        Assert.Equal(count, first.Records.Concat(rest).Select(record => record.Place).Distinct().Count());
        Assert.Equal(count, first.Records.Count + rest.Count);
    }

    [Fact]
    public void A_broken_event_and_one_that_cannot_be_rendered_are_told_with_their_place_and_reading_goes_on()
    {
        _log.Audit.Write(_log.Now, "<Event><System>");
        _log.Audit.Write(_log.Now, xml: null, fault: "event 3000 cannot be rendered (error 0x8007000d)");
        _log.Audit.WriteAttempt(_log.Now);

        var batch = _log.Read();

        Assert.Single(batch.Records);
        Assert.Equal(
            ["Microsoft-Windows-SMBServer/Audit record 1", "Microsoft-Windows-SMBServer/Audit record 2"], batch.Errors.Select(error => error.Place));
        Assert.All(batch.Errors, error => Assert.Equal(ReadErrorReason.Malformed, error.Reason));
    }

    [Fact]
    public void Reading_stops_when_asked_to()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();

        Assert.Throws<OperationCanceledException>(() => _log.Source.Read(new AuditStart(null, _log.NotBefore), stopped.Token));
    }

    private void Write(FakeEventChannel channel, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _log.Clock.Advance(TimeSpan.FromTicks(1));
            channel.WriteAttempt(_log.Now);
        }
    }
}
