using Smb1Exporter.Auditing;

namespace Smb1Exporter.Probing.Windows;

/// <summary>Windows' own word, with the SMB1 sessions that are open: nobody connects to the server, as what it would record of that was not seen yet.</summary>
/// <param name="inspector">Asks Windows.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class WindowsProver(WindowsServerInspector inspector, TimeProvider timeProvider) : IServerProver
{
    /// <summary>The configuration is looked at first, and the sessions came with it.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(2);

    /// <inheritdoc />
    public bool Asks => false;

    /// <inheritdoc />
    public async Task<ServerProof> ProveAsync(Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        var sessions = await inspector.GetSessionsAsync(Fresh, cancellationToken);
        return ServerProof.Belief with
        {
            Idle = sessions.Smb1.Count > 0 ? new ProofResult(false, timeProvider.GetUtcNow(), sessions.Detail.TrimEnd('.'))
                : sessions.IsComplete ? new ProofResult(true, timeProvider.GetUtcNow(), "no SMB1 session is open (Get-SmbSession)")
                : new ProofResult(null, null, sessions.Detail.TrimEnd('.')),
            OpenSessions = sessions.Smb1,
            MayHideSessions = sessions.Outcome is OpenSessionsOutcome.Failed or OpenSessionsOutcome.PartlyListed,
        };
    }

    /// <inheritdoc />
    public Task<string> GetStampAsync(CancellationToken cancellationToken) => Task.FromResult("");
}
