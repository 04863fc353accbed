namespace Smb1Exporter.Auditing;

/// <summary>What is known of this host right now; null where it could not be told (yet). Written by the workers, read by scrapes.</summary>
/// <param name="timeProvider">The clock.</param>
internal sealed class HostState(TimeProvider timeProvider)
{
    /// <summary>Whoever asks sees a step that hangs again after so long,</summary>
    private static readonly TimeSpan SeenAgainAfter = TimeSpan.FromSeconds(20);

    /// <summary>and so often: a machine that was paused in between, or a clock that jumped, is no hanging.</summary>
    private const int SeenAgain = 3;

    private readonly Lock _stepLock = new();
    private long _step;
    private bool _isReading;
    private (long Step, long Since, long Last, int Again) _seen;

    /// <summary>Another program may lock the state file for moments, which is no fault of the log.</summary>
    private static readonly TimeSpan LockGrace = TimeSpan.FromSeconds(30);

    private StateFault? _stateFault;
    private volatile SourceReading _source = new(null, "not read yet");
    private volatile AuditingState _auditing = new(null, null, "not checked yet");
    private volatile AuditingState _opinion = new(null, null, "not checked yet");
    private volatile ServerProof _proof = ServerProof.NotAskedYet;

    private readonly TaskCompletionSource _checked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Raised after something came to be known that was not before.</summary>
    public event EventHandler? Changed;

    /// <summary>All that is known.</summary>
    public HostReading Reading
    {
        get
        {
            var (auditing, source) = (_auditing, Source);
            var detail = auditing.AuditingEnabled == true ? auditing.Doubts : auditing.Explanation;
            return new HostReading(auditing.ServerEnabled, auditing.AuditingEnabled, detail, source.Up, source.Detail)
            {
                Proof = _proof,
                ConfigurationDetail = _opinion.Detail,
            };
        }
    }

    /// <summary>How far reading lags behind the log.</summary>
    public ReadingLag Lag { get; } = new(timeProvider);

    /// <summary>Whether the last read of the audit log worked.</summary>
    public bool? SourceUp => Source.Up;

    /// <summary>What the last read found wrong; empty when it worked.</summary>
    public string SourceDetail => Source.Detail;

    /// <summary>What the server itself answered.</summary>
    public ServerProof Proof => _proof;

    /// <summary>What the configuration, and the programs that read it, say.</summary>
    public AuditingState Opinion => _opinion;

    /// <summary>What holds of the server and its auditing.</summary>
    public AuditingState Auditing => _auditing;

    /// <summary>Notes what was found.</summary>
    /// <param name="auditing">What holds.</param>
    /// <param name="opinion">What the configuration says.</param>
    /// <param name="proof">What the server answered.</param>
    public void SetAuditing(AuditingState auditing, AuditingState opinion, ServerProof proof)
    {
        var changed = auditing != _auditing || opinion != _opinion || proof != _proof;
        (_auditing, _opinion, _proof) = (auditing, opinion, proof);
        if (changed)
        {
            Changed?.Invoke(this, EventArgs.Empty);
        }

        _checked.TrySetResult();
    }

    /// <summary>Completes with the first check of auditing, which may have switched it on and so made the log.</summary>
    public Task Checked => _checked.Task;

    /// <summary>What keeps the state file from being written: sentences; empty where nothing does.</summary>
    public string StateProblem
    {
        get
        {
            lock (_stepLock)
            {
                return _stateFault?.Problem ?? "";
            }
        }
    }

    /// <summary>Notes that the state file could be written.</summary>
    /// <returns>True when it could not before.</returns>
    public bool StateWorked() => SetStateFault(null);

    /// <summary>Notes that the state file could not be written.</summary>
    /// <param name="problem">The file, what is wrong, and the remedy: sentences.</param>
    /// <param name="isLocked">Whether another program holds it.</param>
    /// <returns>True when that is news.</returns>
    public bool StateFailed(string problem, bool isLocked) => SetStateFault(new StateFault(problem, isLocked, timeProvider.GetTimestamp()));

    private SourceReading Source
    {
        get
        {
            lock (_stepLock)
            {
                // What cannot be stored is not counted: reading waits.
                if (_stateFault is { } fault && (!fault.IsLocked || timeProvider.GetElapsedTime(fault.Since) >= LockGrace))
                {
                    return new SourceReading(false, fault.Problem);
                }

                if (!_isReading || _source.Up != true)
                {
                    return _source;
                }

                var now = timeProvider.GetTimestamp();
                _seen = _seen.Step != _step ? (_step, now, now, 0)
                    : timeProvider.GetElapsedTime(_seen.Last, now) >= SeenAgainAfter ? _seen with { Last = now, Again = _seen.Again + 1 }
                    : _seen;
                return _seen.Again < SeenAgain
                    ? _source
                    : new SourceReading(
                        false,
                        $"The reader has hung for {timeProvider.GetElapsedTime(_seen.Since, now).TotalSeconds:0} s: the disk of the audit log or of the state "
                        + "file does not answer.");
            }
        }
    }

    /// <summary>Notes that the reader begins to read, count and store, or waits for more (false): a heartbeat.</summary>
    public void SetReading(bool isReading)
    {
        lock (_stepLock)
        {
            _isReading = isReading;
            _step++;
        }
    }

    /// <summary>Notes a read that worked.</summary>
    /// <returns>True when the one before had not.</returns>
    public bool SourceWorked() => Set(new SourceReading(true, ""));

    /// <summary>Notes a read that failed.</summary>
    /// <returns>True when this is news: the one before had worked, or failed for another reason.</returns>
    public bool SourceFailed(string detail) => Set(new SourceReading(false, detail));

    private bool Set(SourceReading reading)
    {
        var changed = reading != _source;
        _source = reading;
        if (changed)
        {
            Changed?.Invoke(this, EventArgs.Empty);
        }

        return changed;
    }

    private bool SetStateFault(StateFault? fault)
    {
        bool isNews;
        lock (_stepLock)
        {
            isNews = fault?.Problem != _stateFault?.Problem;
            _stateFault = fault is null || _stateFault is null ? fault : fault with { Since = _stateFault.Since };
        }

        if (isNews)
        {
            Changed?.Invoke(this, EventArgs.Empty);
        }

        return isNews;
    }

    private sealed record SourceReading(bool? Up, string Detail);

    private sealed record StateFault(string Problem, bool IsLocked, long Since);
}
