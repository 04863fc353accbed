using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Probing.Windows;

/// <summary>What Windows itself says of its SMB server; believed, not proved.</summary>
/// <param name="State">What the configuration says.</param>
/// <param name="Sessions">The SMB1 sessions that are open.</param>
internal sealed record WindowsServerReading(AuditingState State, OpenSessions Sessions);

/// <summary>
/// Asks Windows for the configuration and the open sessions of its SMB server in one run of PowerShell. Starting PowerShell costs far more than any other
/// question: it is to be asked rarely, and before something is said that depends on it.
/// </summary>
/// <param name="cmdlets">The cmdlets.</param>
/// <param name="machine">The name of this machine.</param>
/// <param name="getStoredKeys">The keys of the open sessions that are stored, so that a session has the same key again.</param>
internal sealed class WindowsServerReader(SmbServerCmdlets cmdlets, string machine, Func<IReadOnlyCollection<string>> getStoredKeys)
{
    /// <summary>Asks now. Never throws but for cancellation.</summary>
    public async Task<WindowsServerReading> ReadAsync(CancellationToken cancellationToken)
    {
        var look = await cmdlets.InspectWithSessionsAsync(cancellationToken);
        return new WindowsServerReading(look.State, SessionList.Of(look, machine, getStoredKeys()));
    }
}
