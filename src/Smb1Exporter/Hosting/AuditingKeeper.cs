using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;

namespace Smb1Exporter.Hosting;

/// <summary>Looks whether auditing is on, at start and every hour, and switches it on again when it is off.</summary>
internal sealed partial class AuditingKeeper(
    IAuditingSwitch auditingSwitch,
    AuditingOptions options,
    AttemptStore store,
    HostState hostState,
    TimeProvider timeProvider,
    ILogger<AuditingKeeper> logger) : BackgroundService
{
    /// <summary>How soon it is looked again when it could not be told, for example because smbd was not running.</summary>
    private static readonly TimeSpan WhileUnknown = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
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

            var unknown = hostState.Auditing.AuditingEnabled is null && options.AuditingCheckInterval > WhileUnknown;
            await timeProvider.PauseAsync(unknown ? WhileUnknown : options.AuditingCheckInterval, stoppingToken);
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        var state = await auditingSwitch.InspectAsync(cancellationToken);
        if (state.AuditingEnabled == false)
        {
            // Whatever comes next: in between, connections left no record.
            store.SetCovered(false);
            state = state.CanBeSwitchedOn ? await SwitchOnAsync(state, cancellationToken) : state;
        }

        if (state != hostState.Auditing)
        {
            Report(state);
        }

        hostState.Auditing = state;
        if (state.AuditingEnabled == true)
        {
            store.SetCovered(true);
        }

        store.SetAuditingFailure(state.AuditingEnabled == false && options.EnableAuditing ? state.Detail : null);
    }

    private async Task<AuditingState> SwitchOnAsync(AuditingState state, CancellationToken cancellationToken)
    {
        if (!options.EnableAuditing)
        {
            return state with { Detail = $"{state.Detail} It is left off because Exporter:EnableAuditing is false." };
        }

        Log.SwitchingOn(logger, state.Detail);
        var outcome = await auditingSwitch.EnableAsync(cancellationToken);
        return state with { AuditingEnabled = outcome.Enabled, Detail = outcome.Detail };
    }

    private void Report(AuditingState state)
    {
        switch (state.AuditingEnabled)
        {
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

        [LoggerMessage(EventId = 204, Level = LogLevel.Error, Message = "The check of SMB1 auditing failed; the next one comes in time")]
        public static partial void CheckFailed(ILogger logger, Exception exception);
    }
}
