using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Tests.Auditing.Windows;

public class ChannelSizeTests
{
    private const long Mebibyte = FakeEventChannel.Megabyte;
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(8, 8, 6, "about 6 hours", 224)]
    [InlineData(8, 4, 6, "about 12 hours", 112)]
    [InlineData(8, 2, 0.25, "about 60 minutes", 1344)]
    [InlineData(8, 8, 23.9, "about 24 hours", 57)]
    [InlineData(8, 8, 0.01, "less than two minutes", 4096)]
    [InlineData(1, 1, 23, "about 23 hours", 8)]
    [InlineData(4096, 4096, 20, "about 20 hours", 8192)]
    public void A_channel_that_wraps_within_a_day_at_the_rate_seen_is_to_be_made_larger(
        long maximum, long file, double hoursHeld, string held, long advised)
    {
        var advice = ChannelSize.Advise(Channel(maximum * Mebibyte, file * Mebibyte, hoursHeld), Now);
        Assert.Contains($"holds {maximum} MiB, which is {held} at the rate seen", advice, StringComparison.Ordinal);
        Assert.Contains($"wevtutil sl \"{SmbServerEvents.AuditChannel}\" /ms:{advised * Mebibyte} ", advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 8, 24)]
    [InlineData(8, 8, 10_000)]
    [InlineData(8, 4, 13)]
    [InlineData(8, 1, 0.1)]
    public void One_that_holds_a_day_or_whose_file_is_still_at_its_first_step_gets_no_advice(long maximum, long file, double hoursHeld) =>
        Assert.Null(ChannelSize.Advise(Channel(maximum * Mebibyte, file * Mebibyte, hoursHeld), Now));

    [Fact]
    public void Nothing_is_advised_where_nothing_can_be_told()
    {
        var full = Channel(8 * Mebibyte, 8 * Mebibyte, hoursHeld: 1);
        Assert.NotNull(ChannelSize.Advise(full, Now));

        var states = new[]
        {
            full.State with { MaximumBytes = null }, full.State with { FileBytes = null }, full.State with { FileBytes = 0 },
            full.State with { Status = ChannelStatus.Disabled }, new ChannelState(ChannelStatus.Absent), new ChannelState(ChannelStatus.Unknown),
        };
        Assert.All(states, state =>
        {
            full.State = state;
            Assert.Null(ChannelSize.Advise(full, Now));
        });

        var ofTheFuture = Channel(8 * Mebibyte, 8 * Mebibyte, hoursHeld: -1);
        Assert.Null(ChannelSize.Advise(ofTheFuture, Now));
        var empty = new FakeEventChannel(SmbServerEvents.AuditChannel) { State = new ChannelState(ChannelStatus.Enabled, Mebibyte, Mebibyte) };
        Assert.Null(ChannelSize.Advise(empty, Now));
        var broken = Channel(8 * Mebibyte, 8 * Mebibyte, hoursHeld: 1);
        broken.Failure = new AuditSourceException(ReadErrorReason.Io, "broken");
        Assert.Null(ChannelSize.Advise(broken, Now));
    }

    [Fact]
    public void Both_channels_are_judged()
    {
        using var log = new EventLogFixture();
        foreach (var channel in new[] { log.Audit, log.Operational })
        {
            channel.WriteOther(log.Now - TimeSpan.FromHours(2));
            channel.Wrap(kept: 1);
        }

        Assert.Collection(
            log.Source.GetAdvice(),
            advice => Assert.Contains(SmbServerEvents.AuditChannel, advice, StringComparison.Ordinal),
            advice => Assert.Contains(SmbServerEvents.OperationalChannel, advice, StringComparison.Ordinal));
    }

    private static FakeEventChannel Channel(long maximum, long file, double hoursHeld)
    {
        var channel = new FakeEventChannel(SmbServerEvents.AuditChannel) { State = new ChannelState(ChannelStatus.Enabled, maximum, file) };
        channel.WriteOther(Now - TimeSpan.FromHours(hoursHeld));
        return channel;
    }
}
