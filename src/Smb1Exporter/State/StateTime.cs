namespace Smb1Exporter.State;

/// <summary>Times as they are stored: microseconds since 1970, UTC.</summary>
internal static class StateTime
{
    private static readonly long Latest = ToMicroseconds(DateTimeOffset.MaxValue);
    private static readonly long Earliest = ToMicroseconds(DateTimeOffset.MinValue);

    public static long ToMicroseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static bool IsTime(long value) => value >= Earliest && value <= Latest;

    /// <exception cref="DamagedRowException">It is no time.</exception>
    public static DateTimeOffset FromMicroseconds(long value) => IsTime(value)
        ? DateTimeOffset.UnixEpoch.AddTicks(value * TimeSpan.TicksPerMicrosecond)
        : throw new DamagedRowException($"{value} is no time");
}
