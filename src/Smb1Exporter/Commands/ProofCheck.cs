using Smb1Exporter.Auditing;

namespace Smb1Exporter.Commands;

/// <summary>Asks the servers as the exporter does, and reads the log itself for that: <c>check</c> runs beside an exporter, or before there is one.</summary>
/// <param name="prover">Asks.</param>
/// <param name="source">The audit log.</param>
/// <param name="own">Tells which records of our own were read.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ProofCheck(IServerProver prover, IAuditSource source, OwnConnections own, TimeProvider timeProvider)
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Asks.</summary>
    public async Task<ServerProof> AskAsync(CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = Task.Run(() => ReadAsync(done.Token), CancellationToken.None);
        try
        {
            // Nothing is stored: records of SMB1 would count where an exporter runs, so that none may be made.
            return await prover.ProveAsync((_, _) => Task.CompletedTask, cancellationToken);
        }
        finally
        {
            await done.CancelAsync();
            await reading;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var start = new AuditStart(null, timeProvider.GetUtcNow());
        while (!cancellationToken.IsCancellationRequested)
        {
            var begun = timeProvider.GetTimestamp();
            try
            {
                var batch = source.Read(start, cancellationToken);
                own.NoteRead(begun, batch);
                start = start with { Position = batch.Position };
                if (!batch.CaughtUp)
                {
                    continue;
                }
            }
            catch (AuditSourceException e) when (e.Reason == ReadErrorReason.NotFound)
            {
                own.NoteRead(begun, null);
            }
            catch (Exception e) when (e is AuditSourceException or IOException or UnauthorizedAccessException or OperationCanceledException)
            {
                // That the log cannot be read is told where it is looked at.
            }

            await timeProvider.WaitForAsync(own.Asked, ReadEvery, cancellationToken);
        }
    }
}
