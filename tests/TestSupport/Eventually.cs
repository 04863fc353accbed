using System.Diagnostics;

namespace Smb1Exporter.TestSupport;

/// <summary>Waits for a condition, never for a time.</summary>
public static class Eventually
{
    /// <summary>How long a condition may take to come true, where a test says nothing else.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Polls until <paramref name="condition"/> holds; fails with <paramref name="what"/> and its last value after the limit.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T>> read, Func<T, bool> condition, string what, TimeSpan? within = null)
    {
        var limit = within ?? Limit;
        var (value, holds) = await PollAsync(read, condition, limit);
        return holds ? value : throw new TimeoutException($"{what}: not so within {limit.TotalSeconds} s; last seen: {value}");
    }

    /// <summary>Polls until <paramref name="condition"/> holds, or the limit is over.</summary>
    /// <returns>The last value, and whether the condition holds for it.</returns>
    public static async Task<(T Value, bool Holds)> PollAsync<T>(Func<Task<T>> read, Func<T, bool> condition, TimeSpan limit)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var value = await read();
            var holds = condition(value);
            if (holds || watch.Elapsed > limit)
            {
                return (value, holds);
            }

            // What took long already may be seen a little later: whoever asks all the time keeps the others from getting there.
            await Task.Delay(PauseAfter(watch.Elapsed));
        }
    }

    private static TimeSpan PauseAfter(TimeSpan elapsed) =>
        TimeSpan.FromTicks(Math.Clamp(elapsed.Ticks / 8, ShortestPause.Ticks, LongestPause.Ticks));

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? within = null) =>
        GetAsync(() => Task.FromResult(condition()), value => value, what, within);
}
