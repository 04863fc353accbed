namespace Smb1Exporter.State;

/// <summary>A counter: what was counted, and from when it is shown.</summary>
/// <param name="Total">Everything counted; what is stored.</param>
/// <param name="HeldUntil">
/// A timestamp of the monotonic clock, of this process only: before it the counter is shown as 0, because a plain <c>increase()</c> sees only
/// what rises after a first sample. 0: it is shown as it is.
/// </param>
internal readonly record struct HeldCount(long Total, long HeldUntil = 0)
{
    /// <summary>The value on /metrics: 0, then the total. It never falls.</summary>
    /// <param name="timestamp">Now, by the monotonic clock.</param>
    public long ShownAt(long timestamp) => timestamp >= HeldUntil ? Total : 0;

    /// <summary>More was counted; held where it was 0 until now.</summary>
    public HeldCount Plus(long count, long holdUntil) => Total == 0 ? new HeldCount(count, holdUntil) : this with { Total = Total + count };
}
