using Smb1Exporter.TicketReceiver.Outbox;

namespace Smb1Exporter.TicketReceiver.Tests.Outbox;

public sealed class RetryPaceTests
{
    [Theory]
    [InlineData(1, 0, 0.5)]
    [InlineData(1, 1, 1)]
    [InlineData(4, 1, 8)]
    [InlineData(9, 1, 256)]
    [InlineData(10, 1, 300)]
    [InlineData(int.MaxValue, 1, 300)]
    [InlineData(int.MaxValue, 0, 150)]
    public void It_doubles_up_to_five_minutes_and_is_spread_over_the_second_half(int failures, double chance, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryPace.Default.Wait(failures, chance));
}
