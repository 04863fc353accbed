using Smb1Exporter.Auditing;
using Smb1Exporter.State;

namespace Smb1Exporter.Hosting;

/// <summary>
/// Has the servers asked: soon after a start, then less and less often up to the interval, and at once when one of them or its configuration changed.
/// </summary>
internal sealed partial class ProofWorker(
    IServerProver prover, HostEvidence evidence, HostState hostState, AuditingOptions options, TimeProvider timeProvider, ILogger<ProofWorker> logger)
    : BackgroundService
{
    /// <summary>Between two looks whether something changed.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await timeProvider.WaitForAsync(hostState.Checked, Timeout.InfiniteTimeSpan, stoppingToken);
        var (stamp, pause, asked) = ((string?)null, LookEvery, timeProvider.GetTimestamp());
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var now = await evidence.GetStampAsync(stoppingToken);
                var hasChanged = stamp is not null && stamp != now;
                stamp = now;
                if (hasChanged)
                {
                    Log.Changed(logger);
                    evidence.NoteChange();
                }

                if (prover.Asks && (hasChanged || timeProvider.GetElapsedTime(asked) >= pause))
                {
                    await evidence.ProveAsync(stoppingToken);
                    asked = timeProvider.GetTimestamp();
                    pause = hasChanged ? LookEvery : Shorter(2 * pause, options.ProofInterval);
                }

                evidence.Refresh();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StateNotWrittenException e)
            {
                hostState.StateFailed(e.Message, e.IsLocked);
            }
            catch (Exception e)
            {
                Log.Failed(logger, e);
            }

            await timeProvider.PauseAsync(LookEvery, stoppingToken);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static partial class Log
    {
        [LoggerMessage(EventId = 720, Level = LogLevel.Information, Message =
            "An SMB server of this machine, or its configuration, changed: it is asked again, and the time since it was last asked does not count as watched")]
        public static partial void Changed(ILogger logger);

        [LoggerMessage(EventId = 721, Level = LogLevel.Error, Message = "The SMB servers of this machine could not be asked; they are asked again in time")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
