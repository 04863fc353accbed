using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.State;

namespace Smb1Exporter.Hosting;

/// <summary>
/// Brings together what the configuration says, what the servers answered and what was recorded; shows what holds, and lets watched time count from one
/// proof to the next. It logs as <see cref="AuditingKeeper"/>, under which name people look for the state of auditing.
/// </summary>
internal sealed partial class HostEvidence(
    IServerProver prover, AttemptStore store, HostState hostState, AuditingOptions options, TimeProvider timeProvider, ILogger<AuditingKeeper> logger) : IDisposable
{
    /// <summary>What waits for longer is a backlog, and not a look that goes on.</summary>
    private static readonly TimeSpan Backlog = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private AuditingState _opinion = new(null, null, "not checked yet");
    private ServerProof _proof = ServerProof.NotAskedYet;
    private DateTimeOffset? _offSince;
    private Told? _told;

    /// <summary>What there was when the last proof began.</summary>
    private string? _stamp;

    private long _servedAt;
    private long _auditedAt;

    /// <summary>Whether the last proof holds for the time until the next: nothing changed since.</summary>
    private bool _goesOn;

    private bool _wasIdle;

    /// <summary>Since when, after the machine's start, each session has left a record; null where that cannot be said.</summary>
    private long? _recordedSince;

    /// <summary>Raised when a server or its configuration changed.</summary>
    public event EventHandler? ServersChanged;

    /// <summary>Whether records of a log-on of our own arrive, whatever the configuration says. Where the log cannot be read, they do not.</summary>
    public async Task<bool> IsAuditProvedAsync(CancellationToken cancellationToken) =>
        prover.Asks && hostState.SourceUp == true && (await ProveAsync(cancellationToken)).Audited.Answer == true;

    /// <summary>Takes what the configuration says, asks the servers, and shows what holds.</summary>
    public async Task UpdateAsync(AuditingState opinion, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _opinion = opinion;
            _offSince = opinion.ServerEnabled == false ? _offSince ?? timeProvider.GetUtcNow() : null;

            // Beside settings that are believed, a proof is as old as the look at them.
            _proof = _proof.IsBelief ? Forgotten(_proof) : _proof;
        }

        Show();
        await ProveAsync(cancellationToken);
        Tell();
    }

    /// <summary>Asks the servers, and shows what holds.</summary>
    public async Task<ServerProof> ProveAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var begun = await prover.GetStampAsync(cancellationToken);
            var proof = await prover.ProveAsync(
                (connection, _) =>
                {
                    store.NoteOwnConnection(connection);
                    return Task.CompletedTask;
                },
                cancellationToken);

            // Also where nobody looked before asking, and where the change came while they were asked.
            if (_stamp is { } last && last != await prover.GetStampAsync(cancellationToken))
            {
                NoteChange();
            }

            _stamp = begun;
            Take(proof);
            return proof;
        }
        catch (StateNotWrittenException e)
        {
            hostState.StateFailed(e.Message, e.IsLocked);
            return _proof;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What changes with the servers and their configuration; see <see cref="IServerProver.GetStampAsync"/>.</summary>
    public async Task<string> GetStampAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await prover.GetStampAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A server or its configuration changed: what was watched since the last proof does not count.</summary>
    public void NoteChange()
    {
        lock (_lock)
        {
            _goesOn = false;
        }

        store.Doubt();
        ServersChanged?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Shows what holds now: answers grow old, and attempts are recorded.</summary>
    public void Refresh()
    {
        Show();
        Tell();
    }

    public void Dispose() => _turn.Dispose();

    private void Take(ServerProof proof)
    {
        var inUse = CountSessions(proof);
        lock (_lock)
        {
            var earlier = _goesOn ? _proof : Forgotten(_proof);
            var isIdle = inUse == 0 && !proof.MayHideSessions;
            var isProved = proof.Audited.Answer == true;
            var holdsForAll = isProved && hostState.Auditing.Unseen.Length + proof.Unseen.Length == 0;
            var wasSo = holdsForAll && _goesOn && _proof.Audited.Answer == true;
            if (wasSo)
            {
                store.Prove(isQuiet: isIdle && _wasIdle);
            }
            else if (isProved)
            {
                store.Doubt();
            }

            _recordedSince = wasSo ? _recordedSince ?? proof.Uptime : holdsForAll ? proof.Uptime : null;
            _goesOn |= isProved;
            _wasIdle = isIdle;
            var now = timeProvider.GetTimestamp();
            _servedAt = proof.Served.Answer is null ? _servedAt : now;
            _auditedAt = proof.Audited.Answer is null ? _auditedAt : now;
            _proof = proof with { Served = OrEarlier(proof.Served, earlier.Served), Audited = OrEarlier(proof.Audited, earlier.Audited) };
        }

        Show();
        EndCoverage();
    }

    /// <summary>When it was answered is still told; what, does not hold any more.</summary>
    private static ServerProof Forgotten(ServerProof proof) =>
        proof with { Served = proof.Served with { Answer = null }, Audited = proof.Audited with { Answer = null } };

    private static ProofResult OrEarlier(ProofResult result, ProofResult earlier) =>
        result.Answer is not null ? result : new ProofResult(earlier.Answer, earlier.Time, result.Detail);

    /// <summary>An answer holds for two intervals, by the monotonic clock.</summary>
    private ProofResult Held(ProofResult result, long at) =>
        prover.Asks && result.Answer is not null && timeProvider.GetElapsedTime(at) > 2 * options.ProofInterval ? result with { Answer = null } : result;

    private int CountSessions(ServerProof proof)
    {
        // What waits in the log may tell of the same sessions.
        if (hostState.SourceUp == true && hostState.Lag.Current > Backlog)
        {
            return proof.OpenSessions.Count;
        }

        var outcome = store.CountSessions(proof.OpenSessions, _recordedSince);
        foreach (var session in outcome.Counted)
        {
            Log.OpenSession(logger, session.ShownClient, session.Begin is { } begin ? $" since {Figures.Time(begin)} UTC" : "");
        }

        return outcome.InUse;
    }

    private void Show()
    {
        lock (_lock)
        {
            _proof = _proof with { Served = Held(_proof.Served, _servedAt), Audited = Held(_proof.Audited, _auditedAt) };
            hostState.SetAuditing(ProvenState.Of(_opinion, _proof, store.Current.LastAttempt, _offSince, timeProvider.GetUtcNow()), _opinion, _proof);
        }
    }

    private void EndCoverage()
    {
        var (auditing, reason) = (hostState.Auditing, "");
        if (auditing.AuditingEnabled == false)
        {
            reason = "Auditing was found off: connections left no record.";
        }
        else if (auditing.ServerEnabled == false)
        {
            reason = "SMB1 was found off: nobody could use it, so silence proves nothing.";
        }
        else if (auditing.Unseen.Length > 0)
        {
            reason = $"Sessions of some clients may leave no record. {auditing.Unseen}";
        }

        if (reason.Length > 0)
        {
            try
            {
                store.EndCoverage(reason);
            }
            catch (StateNotWrittenException e)
            {
                hostState.StateFailed(e.Message, e.IsLocked);
            }
        }
    }

    private void Tell()
    {
        var state = hostState.Auditing;
        var told = new Told(state.ServerEnabled, state.AuditingEnabled, state.Doubts, hostState.Opinion);
        lock (_lock)
        {
            if (told == _told || _proof == ServerProof.NotAskedYet)
            {
                return;
            }

            _told = told;
        }

        switch (state.AuditingEnabled)
        {
            case true when state.Doubts.Length > 0:
                Log.IsWeak(logger, state.Explanation);
                break;
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

    private sealed record Told(bool? Served, bool? Audited, string Doubts, AuditingState Opinion);

    private static partial class Log
    {
        [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message = "SMB1 auditing is on. {Detail}")]
        public static partial void IsOn(ILogger logger, string detail);

        [LoggerMessage(EventId = 202, Level = LogLevel.Error, Message = "SMB1 auditing is off: SMB1 clients are not seen. {Detail}")]
        public static partial void IsOff(ILogger logger, string detail);

        [LoggerMessage(EventId = 203, Level = LogLevel.Warning, Message = "Whether SMB1 is audited could not be told. {Detail}")]
        public static partial void IsUnknown(ILogger logger, string detail);

        [LoggerMessage(EventId = 205, Level = LogLevel.Warning, Message = "SMB1 auditing is on, but not to be trusted fully. {Detail}")]
        public static partial void IsWeak(ILogger logger, string detail);

        [LoggerMessage(EventId = 206, Level = LogLevel.Warning, Message =
            "SMB1 client {Client} is connected{Since} and left no record; it is counted once, and as long as it is connected the quiet time stands still")]
        public static partial void OpenSession(ILogger logger, string client, string since);
    }
}
