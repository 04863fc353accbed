using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>Which days of attempts are kept: those that a verdict may need, and no day more than the clients themselves are remembered.</summary>
internal static class DaysKept
{
    public static IEnumerable<DateOnly> Outdated(StoredState state, CountingOptions options, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(options);
        var kept = options.DaysKept < options.ClientRetention ? options.DaysKept : options.ClientRetention;
        var oldest = DateOnly.FromDateTime(now.UtcDateTime - kept);
        return state.Days.Keys.Where(day => day < oldest);
    }
}
