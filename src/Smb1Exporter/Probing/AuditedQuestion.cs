using Smb1Exporter.Auditing;

namespace Smb1Exporter.Probing;

/// <summary>Logs on, and waits for the record of it in what is read: that proves the audit from the server to our own reader.</summary>
/// <param name="probe">Logs on.</param>
/// <param name="own">Tells which of our records were read.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="mayUseSmb1">Whether a server that speaks SMB1 alone is logged on to by that: its records are attempts to everybody who does not know us.</param>
internal sealed class AuditedQuestion(SmbProbe probe, OwnConnections own, TimeProvider timeProvider, bool mayUseSmb1)
{
    /// <summary>So many log-ons have to leave no record before auditing is said to be off: with a log that rotates all the time single ones are missed.</summary>
    private const int Tries = 3;

    /// <summary>So long is waited for the log to be read.</summary>
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(15);

    /// <summary>A name that is not ASCII, which smbd cannot write into a record where its "unix charset" is not UTF-8.</summary>
    private const string NameBeyondAscii = "SMB1-EXPORTÉR";

    /// <summary>Asks one server.</summary>
    /// <param name="target">The server.</param>
    /// <param name="isCertainlyReached">Whether nothing stands between us and the server that would change our address: else no record of it proves nothing.</param>
    /// <param name="beforeConnecting">Is told each address and port that we come from.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<ProofResult> AskAsync(
        ProbeTarget target, bool isCertainlyReached, Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        var gaps = own.Gaps;
        var tried = new Try(null, false, "");
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            tried = await TryAsync(target, SmbProbe.Workstation, beforeConnecting, cancellationToken);
            if (tried.Answer != false || tried.IsPartly)
            {
                return new ProofResult(tried.Answer, tried.Answer is null ? null : timeProvider.GetUtcNow(), tried.Detail);
            }
        }

        return own.Gaps != gaps ? new ProofResult(null, null, "records were lost unread meanwhile")
            : !isCertainlyReached ? new ProofResult(
                null,
                null,
                $"the records of {Tries} log-ons of our own at {target} did not arrive, but no process of Samba is known to listen there: another program may pass "
                + "connections on from an address of its own")
            : new ProofResult(false, timeProvider.GetUtcNow(), $"{Tries} log-ons of our own at {target} were answered ({tried.Detail}), and no record of them arrived in what is read");
    }

    /// <summary>Whether records with names beyond ASCII get lost; null where that could not be told. Only where auditing is proved.</summary>
    /// <param name="target">The server.</param>
    /// <param name="beforeConnecting">Is told each address and port that we come from.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<bool?> LosesNamesAsync(ProbeTarget target, Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        var tried = await TryAsync(target, NameBeyondAscii, beforeConnecting, cancellationToken);
        return tried switch
        {
            { Answer: true } => false,
            { IsPartly: true, HasSession: true } => true,
            _ => null,
        };
    }

    private async Task<Try> TryAsync(
        ProbeTarget target, string workstation, Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken)
    {
        try
        {
            var connected = 0;
            var reply = await probe.LogOnAsync(
                target,
                async (from, token) =>
                {
                    // The second connection of a log-on is the one by SMB1.
                    if (++connected > 1 && !mayUseSmb1)
                    {
                        throw new NotAskedException(NotAskedReason.Undecided, "it speaks nothing but SMB1, by which only the running smb1-exporter logs on");
                    }

                    var connection = OwnConnections.NameOf(from);
                    own.Await(connection);
                    await beforeConnecting(connection, token);
                },
                cancellationToken,
                workstation);
            var answered = timeProvider.GetTimestamp();
            var connections = reply.From.Select(OwnConnections.NameOf).ToList();

            // A session that was granted leaves the record of the log-on and that of the session, each at a level of its own.
            var arrival = await own.WaitAsync(
                connections, answered, came => came.Count > 0 && (!reply.IsGranted || HasBoth(came)), ReadLimit, cancellationToken);
            return Conclude(target, reply, arrival);
        }
        finally
        {
            own.Forget();
        }
    }

    private static Try Conclude(ProbeTarget target, LogOnReply reply, Arrival arrival) => (reply.Answer, arrival.Kind) switch
    {
        (_, ArrivalKind.Came) => new Try(true, false, $"the record of a log-on of our own at {target} arrived in what is read"),
        (LogOnAnswer.NotAsked, _) => new Try(null, false, $"nobody could log on at {target}: {reply.Detail}"),
        (_, ArrivalKind.NotRead) => new Try(null, false, $"a log-on of our own at {target} was answered ({reply.Detail}), but the audit log is not being read"),
        (_, ArrivalKind.NoneCame) when arrival.Records.Count > 0 => new Try(
            false,
            true,
            arrival.Records.Any(record => record.IsOfSession)
                ? $"of a log-on of our own at {target} only the record of the session arrived, not that of the log-on"
                : $"of a log-on of our own at {target} only the record of the log-on arrived, not that of the session: the level of auth_json_audit is below 5, "
                    + "so that some kinds of sessions leave no record")
        {
            HasSession = arrival.Records.Any(record => record.IsOfSession),
        },
        _ => new Try(false, false, reply.Detail),
    };

    private static bool HasBoth(IReadOnlyList<OwnRecord> came) => came.Any(record => record.IsOfSession) && came.Any(record => !record.IsOfSession);

    private sealed record Try(bool? Answer, bool IsPartly, string Detail)
    {
        public bool HasSession { get; init; }
    }
}
