using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Tests.Auditing.Windows;

/// <summary>A source on two channels in memory, and a reader that stores the position as the program does.</summary>
internal sealed class EventLogFixture : IDisposable
{
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    public EventLogFixture()
    {
        NotBefore = Clock.GetUtcNow() - TimeSpan.FromHours(1);
        Source = NewSource();
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 4, 0, 0, TimeSpan.Zero));

    public FakeEventChannel Audit { get; } = new(SmbServerEvents.AuditChannel);

    public FakeEventChannel Operational { get; } = new(SmbServerEvents.OperationalChannel);

    public FakeLogger<WindowsEventLogSource> Log { get; } = new();

    public WindowsEventLogSource Source { get; private set; }

    public AuditPosition? Position { get; set; }

    public DateTimeOffset NotBefore { get; set; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>One read; its position is stored.</summary>
    public AuditBatch Read()
    {
        var batch = Source.Read(new AuditStart(Position, NotBefore), TestContext.Current.CancellationToken);
        Position = batch.Position;
        return batch;
    }

    /// <summary>Reads until nothing is waiting.</summary>
    public AuditBatch ReadAll()
    {
        var batches = new List<AuditBatch> { Read() };
        while (!batches[^1].CaughtUp)
        {
            Assert.True(batches.Count < 100, "reading does not come to an end");
            batches.Add(Read());
        }

        return new AuditBatch(
            [.. batches.SelectMany(b => b.Records)], [.. batches.SelectMany(b => b.Errors)], [.. batches.SelectMany(b => b.Gaps)], Position!, CaughtUp: true);
    }

    /// <summary>The program stops and starts: only the position is left.</summary>
    public void Restart()
    {
        Source.Dispose();
        Source = NewSource();
    }

    public void Dispose() => Source.Dispose();

    private WindowsEventLogSource NewSource() => new(Audit, Operational, Poll, Clock, Log);
}
