using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Tests.Auditing.Windows;

/// <summary>A channel that cannot be read: told with its remedy, and never at the cost of the other one.</summary>
public sealed class ChannelFailureTests : IDisposable
{
    private readonly EventLogFixture _log = new();

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(nameof(ChannelStatus.Absent), nameof(ReadErrorReason.NotFound), "no event log channel")]
    [InlineData(nameof(ChannelStatus.Disabled), nameof(ReadErrorReason.NotFound), "wevtutil sl \"Microsoft-Windows-SMBServer/Audit\" /e:true")]
    [InlineData(nameof(ChannelStatus.AccessDenied), nameof(ReadErrorReason.AccessDenied), "Event Log Readers")]
    public void Without_the_audit_channel_the_source_fails_with_reason_and_remedy(string status, string reason, string remedy)
    {
        Break(_log.Audit, Enum.Parse<ChannelStatus>(status));

        var failure = ReadToFailure();

        Assert.Equal(Enum.Parse<ReadErrorReason>(reason), failure.Reason);
        Assert.Contains(SmbServerEvents.AuditChannel, failure.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_that_can_be_read_are_enough_where_the_configuration_of_the_channel_cannot()
    {
        _log.Audit.State = new ChannelState(ChannelStatus.AccessDenied);
        _log.Audit.WriteAttempt(_log.Now);

        Assert.Single(_log.Read().Records);
        _log.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_log.Read().CaughtUp);
    }

    [Theory]
    [InlineData(nameof(ChannelStatus.Absent))]
    [InlineData(nameof(ChannelStatus.Disabled))]
    [InlineData(nameof(ChannelStatus.AccessDenied))]
    public void Rejections_are_still_handed_over_while_the_audit_channel_fails(string status)
    {
        _log.Read();
        Break(_log.Audit, Enum.Parse<ChannelStatus>(status));
        ReadToFailure();
        _log.Operational.WriteRejection(_log.Now);

        var batch = _log.Read();

        Assert.Equal(AuditRecordKind.Rejection, Assert.Single(batch.Records).Kind);
        Assert.False(batch.CaughtUp);
        Assert.Contains(SmbServerEvents.AuditChannel, batch.Failure?.Message, StringComparison.Ordinal);
        Assert.Throws<AuditSourceException>(() => _log.Read());
    }

    [Theory]
    [InlineData(nameof(ChannelStatus.Absent), nameof(ReadErrorReason.NotFound))]
    [InlineData(nameof(ChannelStatus.Disabled), nameof(ReadErrorReason.NotFound))]
    [InlineData(nameof(ChannelStatus.AccessDenied), nameof(ReadErrorReason.AccessDenied))]
    public void Attempts_are_read_while_the_operational_channel_fails_and_the_failure_is_told_with_them(string status, string reason)
    {
        Break(_log.Operational, Enum.Parse<ChannelStatus>(status));
        _log.Audit.WriteAttempt(_log.Now);

        var batch = _log.Read();

        Assert.Single(batch.Records);
        var error = Assert.Single(batch.Errors);
        Assert.Equal((Enum.Parse<ReadErrorReason>(reason), SmbServerEvents.OperationalChannel), (error.Reason, error.Place));
        Assert.True(batch.CaughtUp);
    }

    [Fact]
    public void A_lasting_failure_of_the_operational_channel_is_told_hourly_and_again_after_a_recovery()
    {
        Break(_log.Operational, ChannelStatus.AccessDenied);
        Assert.Single(_log.Read().Errors);
        Assert.Empty(_log.Read().Errors);
        _log.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Single(_log.Read().Errors);

        _log.Operational.Failure = null;
        _log.Operational.State = new ChannelState(ChannelStatus.Enabled);
        Assert.Empty(_log.Read().Errors);
        Break(_log.Operational, ChannelStatus.AccessDenied);
        Assert.Single(_log.Read().Errors);
    }

    [Fact]
    public void What_is_left_in_a_disabled_channel_is_read_before_it_is_called_a_failure()
    {
        _log.Audit.WriteAttempt(_log.Now);
        Break(_log.Audit, ChannelStatus.Disabled);

        Assert.Single(_log.Read().Records);
        Assert.Throws<AuditSourceException>(() => _log.Read());
    }

    [Fact]
    public void A_channel_disabled_while_the_program_runs_is_noticed_and_so_is_its_return()
    {
        _log.Read();
        Break(_log.Audit, ChannelStatus.Disabled);
        _log.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Throws<AuditSourceException>(() => _log.Read());

        _log.Audit.Enable();
        _log.Audit.WriteAttempt(_log.Now);
        var batch = _log.Read();

        Assert.Single(batch.Records);
        Assert.Empty(batch.Gaps);
    }

    [Fact]
    public void After_a_failure_reading_goes_on_where_it_was()
    {
        _log.Audit.WriteAttempt(_log.Now, "10.0.0.1");
        _log.Read();
        _log.Audit.Failure = ChannelProblem.Unreadable(_log.Audit.Name, new InvalidOperationException("the RPC server is unavailable"));
        _log.Audit.WriteAttempt(_log.Now, "10.0.0.2");
        Assert.Equal(ReadErrorReason.Io, Assert.Throws<AuditSourceException>(() => _log.Read()).Reason);

        _log.Audit.Failure = null;
        var batch = _log.Read();

        Assert.Equal("10.0.0.2", Assert.Single(batch.Records).Client);
        Assert.Empty(batch.Gaps);
    }

    [Fact]
    public void The_gap_of_a_damaged_position_is_not_lost_when_the_read_fails()
    {
        Break(_log.Audit, ChannelStatus.AccessDenied);
        Break(_log.Operational, ChannelStatus.AccessDenied);
        _log.Position = AuditPosition.Of("\0\0\0");
        Assert.Throws<AuditSourceException>(() => _log.Read());

        Mend(_log.Audit);
        Mend(_log.Operational);
        Assert.Single(_log.Read().Gaps);
    }

    private static void Break(FakeEventChannel channel, ChannelStatus status)
    {
        channel.State = channel.State with { Status = status };
        channel.Failure = status switch
        {
            ChannelStatus.Absent => ChannelProblem.Absent(channel.Name),
            ChannelStatus.AccessDenied => ChannelProblem.AccessDenied(channel.Name),
            _ => null,
        };
    }

    private static void Mend(FakeEventChannel channel)
    {
        channel.State = channel.State with { Status = ChannelStatus.Enabled };
        channel.Failure = null;
    }

    /// <summary>With the first failure, the other channel's first position is handed over.</summary>
    private AuditSourceException ReadToFailure()
    {
        _log.Clock.Advance(TimeSpan.FromSeconds(31));
        if (_log.Position is null)
        {
            Assert.NotNull(_log.Read().Failure);
        }

        return Assert.Throws<AuditSourceException>(() => _log.Read());
    }
}
