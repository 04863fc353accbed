using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.State;

namespace Smb1Exporter.Hosting;

/// <summary>
/// Looks whether auditing is on, at start and every hour, and switches it on again when it is off. While it is off or not known it looks again
/// soon, and at once when the log begins or ceases to be readable; what changes the configuration is not tried more often for that.
/// </summary>
internal sealed partial class AuditingKeeper(
    IAuditingSwitch auditingSwitch,
    AuditingOptions options,
    AttemptStore store,
    HostState hostState,
    TimeProvider timeProvider,
    ILogger<AuditingKeeper> logger) : BackgroundService
{
    /// <summary>How soon it is looked again when auditing is off or could not be told: a folder may be made, smbd started, a right given.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    /// <summary>How close two looks may follow each other, however often the log comes and goes.</summary>
    private static readonly TimeSpan AtLeastBetween = TimeSpan.FromSeconds(10);

    private readonly Lock _turning = new();
    private bool? _sourceUp;
    private TaskCompletionSource _sourceTurned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _nextWhileOff = Soon;
    private Change? _lastChange;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        hostState.Changed += NoteSource;
        try
        {
            await KeepAsync(stoppingToken);
        }
        finally
        {
            hostState.Changed -= NoteSource;
        }
    }

    private async Task KeepAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CheckAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.CheckFailed(logger, e);
            }

            await WaitAsync(NextPause(), stoppingToken);
        }
    }

    private void NoteSource(object? sender, EventArgs e)
    {
        lock (_turning)
        {
            var before = _sourceUp;
            _sourceUp = hostState.SourceUp;
            if (before is not null && _sourceUp != before)
            {
                _sourceTurned.TrySetResult();
            }
        }
    }

    private TimeSpan NextPause()
    {
        var pause = Soon;
        switch (hostState.Auditing.AuditingEnabled)
        {
            case true:
                _nextWhileOff = Soon;
                return options.AuditingCheckInterval;
            case false:
                pause = _nextWhileOff;
                _nextWhileOff = Shorter(pause * 2, options.AuditingCheckInterval);
                break;
        }

        return Shorter(pause, options.AuditingCheckInterval);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Waits for the next look: the pause, or less when the log begins or ceases to be readable.</summary>
    private async Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        var begin = timeProvider.GetTimestamp();
        Task turned;
        lock (_turning)
        {
            turned = _sourceTurned.Task;
        }

        await timeProvider.WaitForAsync(turned, pause, cancellationToken);
        if (turned.IsCompleted)
        {
            _nextWhileOff = Soon;
            var rest = Shorter(AtLeastBetween, pause) - timeProvider.GetElapsedTime(begin);
            if (rest > TimeSpan.Zero)
            {
                await timeProvider.PauseAsync(rest, cancellationToken);
            }

            lock (_turning)
            {
                _sourceTurned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        var state = await auditingSwitch.InspectAsync(cancellationToken);
        if (state.AuditingEnabled == false)
        {
            // Whatever comes next: in between, connections left no record.
            TryStore(() => store.EndCoverage("Auditing was found off: connections left no record."));
            state = state.CanBeSwitchedOn ? await SwitchOnAsync(state, cancellationToken) : state;
        }

        if (state != hostState.Auditing)
        {
            Report(state);
        }

        hostState.Auditing = state;
        TryStore(() => store.SetAuditingFailure(state.AuditingEnabled == false && options.EnableAuditing ? state.Detail : null));
    }

    /// <summary>What was found is shown, and auditing switched on, whether it can be stored or not.</summary>
    private void TryStore(Action store)
    {
        try
        {
            store();
        }
        catch (StateNotWrittenException e)
        {
            hostState.StateFailed(e.Message, e.IsLocked);
        }
    }

    private async Task<AuditingState> SwitchOnAsync(AuditingState state, CancellationToken cancellationToken)
    {
        if (!options.EnableAuditing)
        {
            return state with { Detail = $"{state.Detail} It is left off because Exporter:EnableAuditing is false." };
        }

        if (state.NeedsChange && _lastChange is { } last && timeProvider.GetElapsedTime(last.At) < options.AuditingCheckInterval)
        {
            return state with { Detail = $"{state.Detail} {last.Outcome} The configuration is not changed again before {last.NotBefore:HH:mm:ss} UTC." };
        }

        Log.SwitchingOn(logger, state.Detail);
        var outcome = await auditingSwitch.EnableAsync(cancellationToken);
        if (outcome.Changed)
        {
            _lastChange = new Change(timeProvider.GetTimestamp(), timeProvider.GetUtcNow() + options.AuditingCheckInterval, outcome.Detail);
        }

        return state with { AuditingEnabled = outcome.Enabled, Detail = outcome.Detail };
    }

    private void Report(AuditingState state)
    {
        switch (state.AuditingEnabled)
        {
            case true when state.Warning.Length > 0:
                Log.IsWeak(logger, state.Explanation);
                break;
            case true:
                Log.IsOn(logger, state.Detail);
                break;
            case false:
                Log.IsOff(logger, state.Detail);
                break;
            default:
                Log.IsUnknown(logger, state.Detail);
                break;
        }
    }

    /// <summary>A try that changed the configuration.</summary>
    /// <param name="At">When, on the monotonic clock.</param>
    /// <param name="NotBefore">When the next one may follow, for people.</param>
    /// <param name="Outcome">What came of it; sentences.</param>
    private sealed record Change(long At, DateTimeOffset NotBefore, string Outcome);

    private static partial class Log
    {
        [LoggerMessage(EventId = 200, Level = LogLevel.Information, Message = "SMB1 auditing is off, switching it on. {Detail}")]
        public static partial void SwitchingOn(ILogger logger, string detail);

        [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message = "SMB1 auditing is on. {Detail}")]
        public static partial void IsOn(ILogger logger, string detail);

        [LoggerMessage(EventId = 202, Level = LogLevel.Error, Message = "SMB1 auditing is off: SMB1 clients are not seen. {Detail}")]
        public static partial void IsOff(ILogger logger, string detail);

        [LoggerMessage(EventId = 203, Level = LogLevel.Warning, Message = "Whether SMB1 is audited could not be told. {Detail}")]
        public static partial void IsUnknown(ILogger logger, string detail);

        [LoggerMessage(EventId = 205, Level = LogLevel.Warning, Message = "SMB1 auditing is on, but not to be trusted fully. {Detail}")]
        public static partial void IsWeak(ILogger logger, string detail);

        [LoggerMessage(EventId = 204, Level = LogLevel.Error, Message = "The check of SMB1 auditing failed; the next one comes in time")]
        public static partial void CheckFailed(ILogger logger, Exception exception);
    }
}
