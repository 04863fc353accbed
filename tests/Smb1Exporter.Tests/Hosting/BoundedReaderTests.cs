using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Auditing;
using Smb1Exporter.Hosting;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Hosting;

public sealed class BoundedReaderTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_log_that_does_not_answer_is_told_and_not_asked_twice_and_what_it_answers_in_the_end_counts()
    {
        using var source = new HangingSource();
        var reader = new BoundedReader(source, _clock);
        var start = new AuditStart(null, default);

        for (var i = 0; i < 2; i++)
        {
            var reading = reader.ReadAsync(start, TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(
                () =>
                {
                    _clock.Advance(TimeSpan.FromSeconds(1));
                    return reading.IsCompleted;
                },
                "it is told");
            var hanging = await Assert.ThrowsAsync<AuditSourceException>(() => reading);
            Assert.Contains("has not answered", hanging.Message, StringComparison.Ordinal);
        }

        source.Answers.SetResult();
        var batch = await reader.ReadAsync(start, TestContext.Current.CancellationToken);

        Assert.Equal("answered", batch.Position.Text);
        Assert.Equal(1, source.Reads);
    }

    [Fact]
    public async Task A_machine_that_was_paused_for_an_hour_is_no_hanging_log()
    {
        using var source = new HangingSource();
        var reading = new BoundedReader(source, _clock).ReadAsync(new AuditStart(null, default), TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromHours(1));
        source.Answers.SetResult();

        Assert.Equal("answered", (await reading).Position.Text);
    }

    [Fact]
    public void A_reader_that_is_seen_hanging_several_times_is_down_and_up_again_when_it_goes_on()
    {
        var state = new HostState(_clock);
        state.SourceWorked();
        state.SetReading(true);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(state.SourceUp);
            _clock.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.False(state.SourceUp);
        Assert.Contains("hung", state.SourceDetail, StringComparison.Ordinal);
        state.SetReading(false);
        Assert.True(state.SourceUp);
    }

    /// <summary>A log on a file system that does not answer.</summary>
    private sealed class HangingSource : IAuditSource
    {
        public TaskCompletionSource Answers { get; } = new();

        public int Reads { get; private set; }

        public string Description => "hanging log";

        public AuditBatch Read(AuditStart start, CancellationToken cancellationToken)
        {
            Reads++;
            ((IAsyncResult)Answers.Task).AsyncWaitHandle.WaitOne();
            return new AuditBatch([], [], [], AuditPosition.Of("answered"), CaughtUp: true);
        }

        public Task WaitForMoreAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => Answers.TrySetResult();
    }
}
