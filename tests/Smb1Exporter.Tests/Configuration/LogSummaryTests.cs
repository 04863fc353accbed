using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Configuration;

namespace Smb1Exporter.Tests.Configuration;

public sealed class LogSummaryTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<(string Kind, long Count)> _logged = [];
    private readonly LogSummary<string> _summary;

    public LogSummaryTests() => _summary = new(_clock, (kind, count) => _logged.Add((kind, count)));

    public void Dispose() => _summary.Dispose();

    [Fact]
    public void The_first_event_of_each_kind_is_logged_at_once_and_the_others_as_one_line_a_minute()
    {
        Assert.True(_summary.IsFirst("a"));
        Assert.False(_summary.IsFirst("a"));
        Assert.False(_summary.IsFirst("a"));
        Assert.True(_summary.IsFirst("b"));
        Assert.Empty(_logged);

        _clock.Advance(LogSummary<string>.Interval);
        Assert.Equal([("a", 2)], _logged);

        Assert.False(_summary.IsFirst("a"));
        _clock.Advance(LogSummary<string>.Interval);
        Assert.Equal([("a", 2), ("a", 1)], _logged);
    }

    [Fact]
    public void After_a_quiet_minute_an_event_is_logged_at_once_again()
    {
        Assert.True(_summary.IsFirst("a"));
        _clock.Advance(LogSummary<string>.Interval);
        Assert.True(_summary.IsFirst("a"));
        Assert.Empty(_logged);
    }

    [Fact]
    public void What_was_counted_is_logged_when_the_program_ends()
    {
        _summary.IsFirst("a");
        _summary.IsFirst("a");
        _summary.Dispose();
        Assert.Equal([("a", 1)], _logged);
        _clock.Advance(LogSummary<string>.Interval);
        Assert.Single(_logged);
    }
}
