using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

public sealed class BoundedAccessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_system_that_does_not_answer_is_told_and_not_asked_a_second_time_beside_it()
    {
        var clock = new FakeTimeProvider();
        var sleepers = new WatchedClock(clock);
        using var answer = new ManualResetEventSlim();
        var asked = 0;
        var what = $"file {Guid.NewGuid()}";
        Task<int> Ask() => BoundedAccess.RunAsync(
            what,
            () =>
            {
                var number = Interlocked.Increment(ref asked);
                answer.Wait();
                return number;
            },
            sleepers,
            Token);

        for (var look = 1; look <= 3; look++)
        {
            var asking = Ask();
            await sleepers.SleepingAsync(BoundedAccess.Limit);
            clock.Advance(BoundedAccess.Limit);
            Assert.Contains("did not answer within 5 s", (await Assert.ThrowsAsync<IOException>(() => asking)).Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, asked);
        answer.Set();

        // The one that hung is done with; the next is a new one.
        await Eventually.GetAsync(Ask, number => number == 2, "a second access");
    }

    [Fact]
    public async Task A_failure_is_that_of_the_access_and_the_next_one_is_tried_anew()
    {
        var what = $"file {Guid.NewGuid()}";

        await Assert.ThrowsAsync<UnauthorizedAccessException>(
            () => BoundedAccess.RunAsync<int>(what, () => throw new UnauthorizedAccessException(), TimeProvider.System, Token));

        Assert.Equal(7, await BoundedAccess.RunAsync(what, () => 7, TimeProvider.System, Token));
    }
}
