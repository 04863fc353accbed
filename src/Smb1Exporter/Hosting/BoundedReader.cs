using Smb1Exporter.Auditing;

namespace Smb1Exporter.Hosting;

/// <summary>
/// Reads the audit log on a thread of its own, since a file system that does not answer (a dead network mount) holds whoever asks it for ever.
/// </summary>
internal sealed class BoundedReader(IAuditSource source, TimeProvider timeProvider)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private Task<AuditBatch>? _reading;

    /// <summary>Reads from <paramref name="start"/>; where the last read has not come back yet, waits for that instead of beginning another.</summary>
    /// <exception cref="AuditSourceException">The log cannot be read, or does not answer.</exception>
    public async Task<AuditBatch> ReadAsync(AuditStart start, CancellationToken cancellationToken)
    {
        var reading = _reading ??= Task.Factory.StartNew(
            () => source.Read(start, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return await reading.WaitAsync(Limit, timeProvider, cancellationToken);
        }
        catch (TimeoutException) when (!reading.IsCompleted)
        {
            throw new AuditSourceException(
                ReadErrorReason.Io,
                $"The {source.Description} has not answered for {Limit.TotalSeconds:0} s. The file system that it lies on hangs, as a network mount does whose "
                + "server is away: bring that back, or let smb.conf name a file on a local disk.");
        }
        finally
        {
            _reading = reading.IsCompleted ? null : reading;
        }
    }
}
