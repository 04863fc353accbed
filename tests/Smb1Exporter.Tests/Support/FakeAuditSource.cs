using System.Threading.Channels;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.Tests.Support;

/// <summary>An audit log that says what the test lets it say.</summary>
internal sealed class FakeAuditSource : IAuditSource
{
    private readonly Channel<Func<AuditBatch>> _batches = Channel.CreateUnbounded<Func<AuditBatch>>();
    private volatile bool _isWaitedFor;
    private int _position;

    /// <summary>Whether all that was said is read, and whoever reads waits for more.</summary>
    public bool IsIdle => _isWaitedFor && _batches.Reader.Count == 0;

    public string Description => "fake audit log";

    public void Say(params AuditRecord[] records) =>
        _batches.Writer.TryWrite(() => new AuditBatch(records, [], [], AuditPosition.Of($"p{++_position}"), CaughtUp: false));

    public void Say(AuditGap gap) =>
        _batches.Writer.TryWrite(() => new AuditBatch([], [], [gap], AuditPosition.Of($"p{++_position}"), CaughtUp: false));

    /// <summary>One part of the log was read, another could not be.</summary>
    public void SayAndFail(AuditRecord record, AuditSourceException failure) => _batches.Writer.TryWrite(
        () => new AuditBatch([record], [], [], AuditPosition.Of($"p{++_position}"), CaughtUp: false) { Failure = failure });

    public void Fail(Exception e) => _batches.Writer.TryWrite(() => throw e);

    public AuditBatch Read(AuditStart start, CancellationToken cancellationToken)
    {
        _isWaitedFor = false;
        return _batches.Reader.TryRead(out var next) ? next() : new AuditBatch([], [], [], start.Position ?? AuditPosition.Of("p0"), CaughtUp: true);
    }

    public Task WaitForMoreAsync(CancellationToken cancellationToken)
    {
        _isWaitedFor = true;
        return _batches.Reader.WaitToReadAsync(cancellationToken).AsTask();
    }

    public void Dispose()
    {
    }
}

/// <summary>A switch whose state the test sets.</summary>
internal sealed class FakeAuditingSwitch : IAuditingSwitch
{
    public AuditingState State { get; set; } = new(true, true, "Fake.");

    public EnableOutcome Outcome { get; set; } = new(true, "Switched on.");

    public int Inspections { get; private set; }

    public int Switched { get; private set; }

    public Task<AuditingState> InspectAsync(CancellationToken cancellationToken)
    {
        Inspections++;
        return Task.FromResult(State);
    }

    public Task<EnableOutcome> EnableAsync(CancellationToken cancellationToken)
    {
        Switched++;
        return Task.FromResult(Outcome);
    }
}
