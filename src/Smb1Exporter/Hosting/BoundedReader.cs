using Smb1Exporter.Auditing;

namespace Smb1Exporter.Hosting;

/// <summary>
/// Reads the audit log without waiting for it for ever: a file system that does not answer (a dead network mount) holds whoever asks it, which is
/// one thread of the pool then, since no other read begins before.
/// </summary>
internal sealed class BoundedReader(IAuditSource source, TimeProvider timeProvider)
{
    /// <summary>So many steps are waited for, one by one: a machine that was paused in between is no log that does not answer.</summary>
    private const int Steps = 4;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private Task<AuditBatch>? _reading;

    /// <summary>Reads from <paramref name="start"/>; where the last read has not come back yet, waits for that instead of beginning another.</summary>
    /// <exception cref="AuditSourceException">The log cannot be read, or does not answer.</exception>
    public async Task<AuditBatch> ReadAsync(AuditStart start, CancellationToken cancellationToken)
    {
        var reading = _reading ??= Task.Run(() => source.Read(start, cancellationToken), cancellationToken);
        for (var step = 0; step < Steps && !reading.IsCompleted; step++)
        {
            await timeProvider.WaitForAsync(reading, Step, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (!reading.IsCompleted)
        {
            throw new AuditSourceException(
                ReadErrorReason.Io,
                $"The {source.Description} has not answered for {(Steps * Step).TotalSeconds} s. The file system that it lies on hangs, as a network mount does whose "
                + "server is away: bring that back, or let smb.conf name a file on a local disk.");
        }

        _reading = null;
        return await reading;
    }
}
