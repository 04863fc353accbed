using Smb1Exporter.Auditing;

namespace Smb1Exporter.Probing.Windows;

/// <summary>
/// Windows' own word, with the SMB1 sessions that are open. Where it is wanted, the server is asked by a connection of our own, too; but as nobody has seen
/// what a Windows records of that, its word is believed where that proves nothing, and no covered time depends on it.
/// </summary>
/// <param name="inspector">Asks Windows.</param>
/// <param name="question">Asks the server by a connection of our own; null where nobody connects to it.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class WindowsProver(WindowsServerInspector inspector, NegotiateQuestion? question, TimeProvider timeProvider) : IServerProver
{
    /// <summary>The configuration is looked at first, and the sessions came with it.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(2);

    /// <inheritdoc />
    public bool Asks => false;

    /// <inheritdoc />
    public async Task<ServerProof> ProveAsync(Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        var sessions = await inspector.GetSessionsAsync(Fresh, cancellationToken);
        var proof = ServerProof.Belief with
        {
            Idle = sessions.Smb1.Count > 0 ? new ProofResult(false, timeProvider.GetUtcNow(), sessions.Detail.TrimEnd('.'))
                : sessions.IsComplete ? new ProofResult(true, timeProvider.GetUtcNow(), "no SMB1 session is open (Get-SmbSession)")
                : new ProofResult(null, null, sessions.Detail.TrimEnd('.')),
            OpenSessions = sessions.Smb1,
            MayHideSessions = sessions.MayHide,
        };
        if (question is null)
        {
            return proof;
        }

        var (served, audited) = await question.AskAsync(await inspector.IsSmb1OnAsync(Fresh, cancellationToken), beforeConnecting, cancellationToken);
        return proof with { Served = served, Audited = audited };
    }

    /// <inheritdoc />
    public Task<string> GetStampAsync(CancellationToken cancellationToken) => Task.FromResult("");
}
