using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.State;

namespace Smb1Exporter.Hosting;

/// <summary>Looks every few seconds whether the server is watched, whether its clock was set, and whether the state file is still there and sound.</summary>
internal sealed partial class CoverageWorker(
    AttemptStore store, HostState hostState, IServerProver prover, TimeProvider timeProvider, ILogger<CoverageWorker> logger)
    : BackgroundService
{
    /// <summary>Between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan CheckFileEvery = TimeSpan.FromSeconds(30);

    /// <summary>Watched time is written with what is counted, and this often where nothing is.</summary>
    private static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(5);

    private long _checked = timeProvider.GetTimestamp();
    private long _written = timeProvider.GetTimestamp();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Look();
            }
            catch (StateNotWrittenException e)
            {
                if (hostState.StateFailed(e.Message, e.IsLocked))
                {
                    Log.NotWritten(logger, e.Message);
                }
            }
            catch (Exception e)
            {
                Log.Failed(logger, e);
            }

            await timeProvider.PauseAsync(Interval, stoppingToken);
        }
    }

    /// <summary>Looks whether an attempt would be seen now, and whether the clock was set.</summary>
    /// <exception cref="StateNotWrittenException">That the clock was set could not be written.</exception>
    internal void LookWhetherWatched()
    {
        // While SMB1 is off, nobody can use it, and silence proves nothing.
        var isWatched = hostState.Auditing is { AuditingEnabled: true, ServerEnabled: not false, Unseen: "" } && hostState.SourceUp == true && hostState.StateProblem.Length == 0;
        var step = store.Look(isWatched, needsProof: prover.Asks);
        if (step != TimeSpan.Zero)
        {
            Log.ClockSet(logger, step > TimeSpan.Zero ? "forward" : "back", Figures.Duration(step.Duration()));
        }
    }

    private void Look()
    {
        store.NoteAlive(hostState.StateProblem);
        LookWhetherWatched();
        if (hostState.StateProblem.Length > 0)
        {
            store.TryToWrite();
            if (hostState.StateWorked())
            {
                Log.Written(logger);
            }
        }

        // Before the requests: a file without their table would stop each look here.
        if (timeProvider.GetElapsedTime(_checked) >= CheckFileEvery)
        {
            _checked = timeProvider.GetTimestamp();
            store.CheckFile();
        }

        foreach (var (request, isDone) in store.AnswerRequests())
        {
            Log.Asked(logger, request.Kind, request.Argument, isDone ? "done" : "not known");
        }

        if (timeProvider.GetElapsedTime(_written) >= WriteEvery)
        {
            _written = timeProvider.GetTimestamp();
            store.WriteWatched();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 710, Level = LogLevel.Warning, Message =
            "The clock of this server was set {Direction} by {Step}. Watched time goes by another clock and is not touched; times shown may be off.")]
        public static partial void ClockSet(ILogger logger, string direction, string step);

        [LoggerMessage(EventId = 711, Level = LogLevel.Error, Message = "{Problem} Counting waits until it can be written; nothing is lost.")]
        public static partial void NotWritten(ILogger logger, string problem);

        [LoggerMessage(EventId = 713, Level = LogLevel.Information, Message = "Asked by a command on this server to {Kind} {Argument}: {Result}")]
        public static partial void Asked(ILogger logger, string kind, string argument, string result);

        [LoggerMessage(EventId = 714, Level = LogLevel.Information, Message = "The state file can be written again")]
        public static partial void Written(ILogger logger);

        [LoggerMessage(EventId = 712, Level = LogLevel.Error, Message = "A look at the state file failed; the next one comes in time")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
