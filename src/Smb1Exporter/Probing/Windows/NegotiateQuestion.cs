using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Probing.Windows;

/// <summary>
/// Asks the SMB server of a Windows machine for SMB1, and waits for the event 3000 of that. Unverified on a real Windows: no source says whether a bare
/// negotiate leaves one, so that only an event that comes proves something. A refused negotiate may leave event 1001, which names nobody and is counted as a
/// rejection: nobody connects unless SMB1 is on by the settings, nor again after a refusal.
/// </summary>
/// <param name="probe">Connects.</param>
/// <param name="own">Tells which of our events were read.</param>
/// <param name="newTarget">The server, with another source of ours each time.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class NegotiateQuestion(SmbProbe probe, OwnConnections own, Func<ProbeTarget> newTarget, TimeProvider timeProvider)
{
    /// <summary>So long is waited for the event log to be read.</summary>
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(15);

    /// <summary>So long after its cause an event is awaited. Windows hands events to the log about once a second.</summary>
    private static readonly TimeSpan EventTakes = TimeSpan.FromSeconds(5);

    private const string Believed = "the system's own settings are believed";

    private bool _wasRefused;

    /// <summary>Asks. Never throws but for cancellation, and for what <paramref name="beforeConnecting"/> throws.</summary>
    /// <param name="isSmb1On">Whether SMB1 is on, by the settings; null where that is not known.</param>
    /// <param name="beforeConnecting">Is told the name of the connection, before it is made.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>Yes, or nothing proved: never no.</returns>
    public async Task<(ProofResult Served, ProofResult Audited)> AskAsync(
        bool? isSmb1On, Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        _wasRefused &= isSmb1On == true;
        if (isSmb1On != true)
        {
            return NotAsked($"the server is asked only while SMB1 is on by its settings, because a refusal may leave event 1001; {Believed}");
        }

        if (_wasRefused)
        {
            return NotAsked($"SMB1 is on by the settings, but the server refused it when it was asked, and is not asked again until they change; {Believed}");
        }

        // An event that is read much later might be taken for a client's.
        if (!await IsLogReadAsync(cancellationToken))
        {
            return NotAsked($"the server is not asked while the event log is not being read; {Believed}");
        }

        return await ConnectAsync(newTarget(), beforeConnecting, cancellationToken);
    }

    private async Task<(ProofResult Served, ProofResult Audited)> ConnectAsync(
        ProbeTarget target, Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        var connection = OwnSource.NameOf(target.Source!);
        try
        {
            own.Await(connection);
            await beforeConnecting(connection, cancellationToken);
            var reply = await probe.AskForSmb1Async(target, cancellationToken);
            switch (reply.Answer)
            {
                case ServedAnswer.NotAsked:
                    return NotAsked($"{target} could not be asked: {reply.Detail}; {Believed}");
                case ServedAnswer.Refused:
                    _wasRefused = true;
                    return NotAsked($"{target} refused a negotiate for SMB1 alone, though SMB1 is on by the settings; {Believed}");
            }

            var arrival = await own.WaitAsync(
                [connection], timeProvider.GetTimestamp(), came => came.Count > 0, ReadLimit, cancellationToken, recordTakes: EventTakes);
            return (
                new ProofResult(true, timeProvider.GetUtcNow(), $"{target} answered a negotiate for SMB1 alone with \"{reply.Detail}\""),
                arrival.Kind == ArrivalKind.Came
                    ? new ProofResult(true, timeProvider.GetUtcNow(), $"the event 3000 of a connection of our own to {target} arrived in what is read")
                    : new ProofResult(
                        null,
                        null,
                        $"no event 3000 of a connection of our own to {target} arrived, and whether Windows writes one of it is not known; {Believed}"));
        }
        finally
        {
            own.Forget();
        }
    }

    private async Task<bool> IsLogReadAsync(CancellationToken cancellationToken) =>
        (await own.WaitAsync([], timeProvider.GetTimestamp(), _ => false, ReadLimit, cancellationToken)).Kind == ArrivalKind.NoneCame;

    private static (ProofResult Served, ProofResult Audited) NotAsked(string why)
    {
        var result = new ProofResult(null, null, why);
        return (result, result);
    }
}
