using System.Globalization;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// SMB1 auditing of the Windows SMB server, through Get- and Set-SmbServerConfiguration in Windows PowerShell 5.1. Auditing counts as on only when
/// AuditSmb1Access is true and the channel that the events go to is enabled.
/// </summary>
/// <param name="runner">Runs powershell.exe.</param>
/// <param name="powerShell">The full path of powershell.exe.</param>
/// <param name="auditChannel">Microsoft-Windows-SMBServer/Audit.</param>
/// <param name="driver">The full path of srv.sys, the driver of the SMB1 server.</param>
internal sealed class SmbServerCmdlets(IProcessRunner runner, string powerShell, IEventChannel auditChannel, string driver) : IAuditingSwitch
{
    /// <summary>How long one run of PowerShell may take; the first one after a boot has many modules to load from a cold disk.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    /// <summary>How long another run may take right after one; its modules are in memory by then.</summary>
    public static readonly TimeSpan SecondTimeLimit = TimeSpan.FromSeconds(15);

    /// <inheritdoc />
    public async Task<AuditingState> InspectAsync(CancellationToken cancellationToken) =>
        (await LookAsync(SmbServerScript.Get, TimeLimit, cancellationToken)).State;

    /// <summary>
    /// Looks at the configuration and the open sessions in one run of PowerShell; in a second one at the configuration alone where that takes too long, as
    /// a list that hangs must not cost what else is known. Never throws but for cancellation.
    /// </summary>
    public async Task<SmbServerLook> InspectWithSessionsAsync(CancellationToken cancellationToken)
    {
        var look = await LookAsync(SmbServerScript.GetWithSessions, TimeLimit, cancellationToken);
        if (look.Failure is not { Kind: SmbServerFailureKind.TimedOut })
        {
            return look;
        }

        var second = await LookAsync(SmbServerScript.Get, SecondTimeLimit, cancellationToken);
        return second.Failure is { Kind: SmbServerFailureKind.TimedOut } ? look : look with { State = second.State, AuditSmb1Access = second.AuditSmb1Access };
    }

    /// <inheritdoc />
    public async Task<EnableOutcome> EnableAsync(CancellationToken cancellationToken)
    {
        var channel = EnableChannel();
        var (_, failure) = await RunAsync(SmbServerScript.Set, TimeLimit, reply => reply.WasSet, cancellationToken);

        // Whatever the change reported: only what Windows says afterwards counts.
        var look = await LookAsync(SmbServerScript.Get, TimeLimit, cancellationToken);
        if (look.State.AuditingEnabled == true)
        {
            return new EnableOutcome(true, channel + look.State.Detail);
        }

        var reason = failure?.Message ?? (look.AuditSmb1Access == false ? SmbServerFault.StillOff : look.State.Detail);
        return new EnableOutcome(false, $"{channel}Auditing of SMB1 could not be switched on. {reason}");
    }

    private async Task<SmbServerLook> LookAsync(string script, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (reply, failure) = await RunAsync(script, limit, reply => reply.HasConfiguration, cancellationToken);
        if (reply is { Configurations: not 1 and { } count })
        {
            (reply, failure) = (null, SmbServerFault.OfConfigurations(count));
        }

        if (reply is null)
        {
            return new SmbServerLook(new AuditingState(null, null, failure!.Message), null, null, failure);
        }

        var sessions = script == SmbServerScript.GetWithSessions ? reply.Sessions : null;
        failure = script != SmbServerScript.GetWithSessions || sessions is not null ? null
            : reply.SessionsError is { } error ? SmbServerFault.OfSessionsError(error)
            : SmbServerFault.OfSessionsMissing();
        return new SmbServerLook(StateOf(reply), reply.AuditingEnabled, sessions, failure);
    }

    private AuditingState StateOf(SmbServerReply reply)
    {
        var enabled = reply.ServerEnabled == true && !File.Exists(driver) ? null : reply.ServerEnabled;
        var served = (enabled, reply.ServerEnabled) switch
        {
            (true, _) => "SMB1 is on",
            (false, _) => "SMB1 is off",
            (null, true) => SmbServerFault.NoDriver,
            (null, _) => "Whether SMB1 is on could not be determined: the configuration has no EnableSMB1Protocol",
        };
        if (reply.AuditingEnabled is not { } audited)
        {
            return new AuditingState(enabled, null, $"{served}. {SmbServerFault.NoSuchSetting}");
        }

        var found = $"{served}{(enabled is null ? ". " : ", ")}AuditSmb1Access is {(audited ? "on" : "off")}";
        var channel = auditChannel.GetState();
        return audited && ChannelProblem.Of(auditChannel.Name, channel) is { } problem
            ? new AuditingState(enabled, channel.Status == ChannelStatus.AccessDenied ? null : false, $"{found}. {problem.Message}")
            {
                CanBeSwitchedOn = channel.Status == ChannelStatus.Disabled,
            }
            : new AuditingState(enabled, audited, $"{found}{Size(channel)}.");
    }

    /// <summary>A sentence on what was done, with a blank behind it; empty when there was nothing to do.</summary>
    private string EnableChannel()
    {
        if (auditChannel.GetState().Status != ChannelStatus.Disabled)
        {
            return "";
        }

        try
        {
            auditChannel.Enable();
            return $"The event log channel {auditChannel.Name} was disabled and has been enabled. ";
        }
        catch (AuditSourceException e)
        {
            var reason = e.Reason == ReadErrorReason.AccessDenied
                ? "this account may not change it. Run the service as LocalSystem, or the program as an administrator"
                : e.InnerException?.Message.TrimEnd('.') ?? e.Message;
            return $"The event log channel {auditChannel.Name} is disabled and could not be enabled: {reason}. ";
        }
    }

    private string Size(ChannelState channel) => channel.MaximumBytes is { } bytes
        ? string.Create(CultureInfo.InvariantCulture, $", event log channel {auditChannel.Name} keeps {bytes / 1048576.0:0.#} MiB")
        : "";

    private async Task<(SmbServerReply? Reply, SmbServerFailure? Failure)> RunAsync(
        string command, TimeSpan limit, Func<SmbServerReply, bool> answers, CancellationToken cancellationToken)
    {
        var result = await runner.RunAsync(powerShell, SmbServerScript.Arguments(command), limit, cancellationToken);
        return (result.Succeeded ? SmbServerReply.Parse(result.Output) : null) switch
        {
            { Error: { } error } => (null, SmbServerFault.OfError(error)),
            { } reply when answers(reply) => (reply, null),
            _ => (null, SmbServerFault.OfRun(powerShell, result, limit)),
        };
    }
}
