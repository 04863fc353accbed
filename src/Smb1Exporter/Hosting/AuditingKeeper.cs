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
    HostEvidence evidence,
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
        evidence.ServersChanged += NoteServers;
        try
        {
            await KeepAsync(stoppingToken);
        }
        finally
        {
            hostState.Changed -= NoteSource;
            evidence.ServersChanged -= NoteServers;
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

    private void NoteServers(object? sender, EventArgs e)
    {
        lock (_turning)
        {
            _sourceTurned.TrySetResult();
        }
    }

    private TimeSpan NextPause()
    {
        var pause = Soon;
        switch (hostState.Opinion.AuditingEnabled)
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
        var opinion = await auditingSwitch.InspectAsync(cancellationToken);
        if (opinion.AuditingEnabled == false && !await evidence.IsAuditProvedAsync(cancellationToken))
        {
            // Whatever comes next: in between, connections left no record.
            TryStore(() => store.EndCoverage("Auditing was found off: connections left no record."));
            opinion = opinion.CanBeSwitchedOn ? await SwitchOnAsync(opinion, cancellationToken) : opinion;
        }

        await evidence.UpdateAsync(opinion, cancellationToken);
        TryStore(() => store.SetAuditingFailure(
            hostState.Auditing.AuditingEnabled == false && options.EnableAuditing ? hostState.Auditing.Detail : null));
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

    /// <summary>A try that changed the configuration.</summary>
    /// <param name="At">When, on the monotonic clock.</param>
    /// <param name="NotBefore">When the next one may follow, for people.</param>
    /// <param name="Outcome">What came of it; sentences.</param>
    private sealed record Change(long At, DateTimeOffset NotBefore, string Outcome);

    private static partial class Log
    {
        [LoggerMessage(EventId = 200, Level = LogLevel.Information, Message = "SMB1 auditing is off, switching it on. {Detail}")]
        public static partial void SwitchingOn(ILogger logger, string detail);

        [LoggerMessage(EventId = 204, Level = LogLevel.Error, Message = "The check of SMB1 auditing failed; the next one comes in time")]
        public static partial void CheckFailed(ILogger logger, Exception exception);
    }
}
