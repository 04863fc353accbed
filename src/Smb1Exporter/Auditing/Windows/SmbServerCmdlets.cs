using System.Globalization;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// SMB1 auditing of the Windows SMB server, through Get- and Set-SmbServerConfiguration in Windows PowerShell 5.1. Auditing counts as on only when
/// AuditSmb1Access is true and the channel that the events go to is enabled.
/// </summary>
/// <param name="runner">Runs powershell.exe.</param>
/// <param name="powerShell">The full path of powershell.exe.</param>
/// <param name="auditChannel">Microsoft-Windows-SMBServer/Audit.</param>
internal sealed class SmbServerCmdlets(IProcessRunner runner, string powerShell, IEventChannel auditChannel) : IAuditingSwitch
{
    /// <summary>How long one run of PowerShell may take; the first one after a boot has many modules to load from a cold disk.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    /// <inheritdoc />
    public async Task<AuditingState> InspectAsync(CancellationToken cancellationToken) => (await LookAsync(cancellationToken)).State;

    /// <inheritdoc />
    public async Task<EnableOutcome> EnableAsync(CancellationToken cancellationToken)
    {
        var channel = EnableChannel();
        var (_, setFault) = await RunAsync(SmbServerScript.Set, reply => reply.WasSet, cancellationToken);

        // Whatever the change reported: only what Windows says afterwards counts.
        var look = await LookAsync(cancellationToken);
        if (look.State.AuditingEnabled == true)
        {
            return new EnableOutcome(true, channel + look.State.Detail);
        }

        var reason = setFault ?? (look.AuditSmb1Access == false ? SmbServerFault.StillOff : look.State.Detail);
        return new EnableOutcome(false, $"{channel}Auditing of SMB1 could not be switched on. {reason}");
    }

    private async Task<Look> LookAsync(CancellationToken cancellationToken)
    {
        var (reply, fault) = await RunAsync(SmbServerScript.Get, reply => reply.HasConfiguration, cancellationToken);
        if (reply is null)
        {
            return new Look(null, new AuditingState(null, null, fault!));
        }

        var served = reply.ServerEnabled switch { true => "SMB1 is on", false => "SMB1 is off", null => "Whether SMB1 is on could not be told" };
        if (reply.AuditingEnabled is not { } audited)
        {
            return new Look(null, new AuditingState(reply.ServerEnabled, null, $"{served}. {SmbServerFault.NoSuchSetting}"));
        }

        var found = $"{served}, AuditSmb1Access is {(audited ? "on" : "off")}";
        var channel = auditChannel.GetState();
        return new Look(audited, audited && ChannelProblem.Of(auditChannel.Name, channel) is { } problem
            ? new AuditingState(reply.ServerEnabled, channel.Status == ChannelStatus.AccessDenied ? null : false, $"{found}. {problem.Message}")
            {
                CanBeSwitchedOn = channel.Status == ChannelStatus.Disabled,
            }
            : new AuditingState(reply.ServerEnabled, audited, $"{found}{Size(channel)}."));
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

    private async Task<(SmbServerReply? Reply, string? Fault)> RunAsync(
        string command, Func<SmbServerReply, bool> answers, CancellationToken cancellationToken)
    {
        var result = await runner.RunAsync(powerShell, SmbServerScript.Arguments(command), TimeLimit, cancellationToken);
        return (result.Succeeded ? SmbServerReply.Parse(result.Output) : null) switch
        {
            { Error: not null } failed => (null, SmbServerFault.OfError(failed)),
            { } reply when answers(reply) => (reply, null),
            _ => (null, SmbServerFault.OfRun(powerShell, result, TimeLimit)),
        };
    }

    private sealed record Look(bool? AuditSmb1Access, AuditingState State);
}
