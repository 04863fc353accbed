using Microsoft.Extensions.Time.Testing;

namespace Smb1Exporter.Tests.Support;

/// <summary>A clock of a test's own whose wall clock can be set without time going by, as administrators and NTP do.</summary>
internal sealed class SettableClock(DateTimeOffset start) : TimeProvider
{
    private readonly FakeTimeProvider _clock = new(start);
    private TimeSpan _set;

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow() + _set;

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _clock.CreateTimer(callback, state, dueTime, period);

    /// <summary>Lets time go by.</summary>
    public void Advance(TimeSpan time) => _clock.Advance(time);

    /// <summary>Sets the wall clock; back where it is negative.</summary>
    public void SetClockForward(TimeSpan by) => _set += by;
}
