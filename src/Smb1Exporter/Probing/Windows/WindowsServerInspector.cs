using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Probing.Windows;

/// <summary>
/// What Windows itself says of its SMB server; believed, not proved. Configuration and open sessions come from one run of PowerShell, whose start costs far
/// more than either: who has just looked at the one need not start it again for the other.
/// </summary>
/// <param name="cmdlets">The cmdlets.</param>
/// <param name="machine">The name of this machine.</param>
/// <param name="getStoredKeys">The keys of the open sessions that are stored, so that a session has the same key again.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class WindowsServerInspector(
    SmbServerCmdlets cmdlets, string machine, Func<IReadOnlyCollection<string>> getStoredKeys, TimeProvider timeProvider) : IAuditingSwitch
{
    private volatile Seen? _last;

    /// <inheritdoc />
    public async Task<AuditingState> InspectAsync(CancellationToken cancellationToken) => (await LookAsync(cancellationToken)).State;

    /// <inheritdoc />
    public Task<EnableOutcome> EnableAsync(CancellationToken cancellationToken) => cmdlets.EnableAsync(cancellationToken);

    /// <summary>The SMB1 sessions that are open. Never throws but for cancellation.</summary>
    /// <param name="notOlderThan">How old the answer may be.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<OpenSessions> GetSessionsAsync(TimeSpan notOlderThan, CancellationToken cancellationToken)
    {
        var look = await GetLookAsync(notOlderThan, cancellationToken);
        return SessionList.Of(look, machine, getStoredKeys());
    }

    /// <summary>Whether SMB1 is on, by the settings; null where that could not be told. Never throws but for cancellation.</summary>
    /// <param name="notOlderThan">How old the answer may be.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool?> IsSmb1OnAsync(TimeSpan notOlderThan, CancellationToken cancellationToken) =>
        (await GetLookAsync(notOlderThan, cancellationToken)).State.ServerEnabled;

    private async Task<SmbServerLook> GetLookAsync(TimeSpan notOlderThan, CancellationToken cancellationToken) =>
        _last is { } seen && timeProvider.GetElapsedTime(seen.At) <= notOlderThan ? seen.Look : await LookAsync(cancellationToken);

    private async Task<SmbServerLook> LookAsync(CancellationToken cancellationToken)
    {
        var look = await cmdlets.InspectWithSessionsAsync(cancellationToken);
        _last = new Seen(timeProvider.GetTimestamp(), look);
        return look;
    }

    private sealed record Seen(long At, SmbServerLook Look);
}
