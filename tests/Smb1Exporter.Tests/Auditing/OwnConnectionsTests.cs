using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.Tests.Auditing;

/// <summary>That no record of our own came is said only once the log was read to its end after the server's answer.</summary>
public sealed class OwnConnectionsTests
{
    private const string Connection = "ipv4:127.0.0.1:40000";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private readonly FakeTimeProvider _clock = new();
    private readonly OwnConnections _own;

    public OwnConnectionsTests()
    {
        _own = new OwnConnections(_clock);
        _own.Await(Connection);
    }

    [Fact]
    public async Task What_comes_is_told_at_once()
    {
        var waiting = WaitAsync(_clock.GetTimestamp());
        NoteRead(_clock.GetTimestamp(), Batch(new OwnRecord(Connection, true)));

        Assert.Equal(ArrivalKind.Came, (await waiting).Kind);
    }

    [Fact]
    public async Task A_read_that_began_before_the_answer_proves_nothing_and_one_after_it_does()
    {
        var before = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var waiting = WaitAsync(_clock.GetTimestamp());
        NoteRead(before, Batch());
        Assert.False(waiting.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(1));
        NoteRead(_clock.GetTimestamp(), Batch());
        Assert.Equal(ArrivalKind.NoneCame, (await waiting).Kind);
    }

    [Fact]
    public async Task A_log_that_is_not_there_after_the_answer_holds_no_record()
    {
        var waiting = WaitAsync(_clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromSeconds(1));
        NoteRead(_clock.GetTimestamp(), null);

        Assert.Equal(ArrivalKind.NoneCame, (await waiting).Kind);
    }

    [Fact]
    public async Task A_backlog_or_an_unfinished_line_is_waited_for()
    {
        var waiting = WaitAsync(_clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromSeconds(1));
        NoteRead(_clock.GetTimestamp(), Batch() with { CaughtUp = false });
        NoteRead(_clock.GetTimestamp(), Batch() with { HasUnfinished = true });
        Assert.False(waiting.IsCompleted);

        NoteRead(_clock.GetTimestamp(), Batch(new OwnRecord(Connection, false)));
        Assert.Equal(ArrivalKind.Came, (await waiting).Kind);
    }

    [Fact]
    public async Task A_log_that_nobody_reads_says_nothing()
    {
        var waiting = WaitAsync(_clock.GetTimestamp());
        while (!waiting.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(ArrivalKind.NotRead, (await waiting).Kind);
    }

    private static AuditBatch Batch(params OwnRecord[] records) => new([], [], [], AuditPosition.Of("p"), CaughtUp: true) { OwnRecords = records };

    private void NoteRead(long begun, AuditBatch? batch) => _own.NoteRead(begun, batch);

    private Task<Arrival> WaitAsync(long answered) =>
        _own.WaitAsync([Connection], answered, came => came.Count > 0, Limit, TestContext.Current.CancellationToken);
}
