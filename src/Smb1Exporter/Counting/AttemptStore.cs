using Smb1Exporter.Auditing;
using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>
/// The totals, first and last seen, for how long the server was watched, and the position in the audit log. They live in memory; what changes is
/// written first, all of it or nothing, and shown then. Safe for use by several threads.
/// </summary>
internal sealed class AttemptStore : IDisposable
{
    /// <summary>So many connections are remembered at the most; each takes some hundred bytes.</summary>
    private const int MostConnections = 200_000;

    private readonly Lock _lock = new();
    private readonly StateFile _file;
    private readonly CountingOptions _options;
    private readonly ClientExclusions _exclusions;
    private readonly TimeProvider _timeProvider;
    private readonly WatchedStretch _stretch;
    private readonly OverdueClients _overdue;
    private readonly long _begun;
    private OpenChange _open;
    private CommitOutcome _untold = CommitOutcome.Nothing;
    private volatile AttemptTotals _current;

    /// <param name="file">The opened state file; disposed with the store.</param>
    /// <param name="options">Limits and retention.</param>
    /// <param name="initialLookback">How far the first run looks back.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="FormatException">An entry of <see cref="CountingOptions.ExcludedClients"/> is none.</exception>
    /// <exception cref="StateNotWrittenException">The file cannot be written.</exception>
    public AttemptStore(StateFile file, CountingOptions options, TimeSpan initialLookback, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        _file = file;
        _options = options;
        _timeProvider = timeProvider;
        _begun = timeProvider.GetTimestamp();
        _exclusions = ClientExclusions.Parse(options.ExcludedClients);
        _stretch = new WatchedStretch(timeProvider);
        _overdue = new OverdueClients(options.ClientRetention, timeProvider);
        HostNameBefore = file.Stored.Values.GetValueOrDefault(ExporterRecord.HostNameKey);
        _open = new OpenChange(file.Stored);
        _current = AttemptTotals.Of(file.Stored);
        StoreBeginning.Write(_open, file, options, initialLookback, timeProvider.GetUtcNow());
        Commit();
    }

    /// <summary>Raised before something that was written is shown, with the clients that changed. Handlers must not call the store.</summary>
    public event Action<AttemptTotals, IEnumerable<ClientTotals>>? Publishing;

    /// <summary>The name of this server that the exporter showed last before it was started; null where it showed none.</summary>
    public string? HostNameBefore { get; }

    /// <summary>What is stored.</summary>
    public AttemptTotals Current => _current;

    /// <summary>Where the source goes on reading: behind what was added, also where that is not written yet.</summary>
    public AuditStart StartOf(AuditSourceKind source)
    {
        lock (_lock)
        {
            var notBefore = _open.Change.GetTime(StateNames.NotBefore)
                ?? _open.Change.GetTime(StateNames.LatestRecord)?.AddMicroseconds(1)
                ?? _timeProvider.GetUtcNow();
            return new AuditStart(_open.Change.PositionOf(source), notBefore);
        }
    }

    /// <summary>Counts a batch. It is written with the next <see cref="Commit"/>.</summary>
    public void Add(AuditSourceKind source, AuditStart start, AuditBatch batch)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(batch);
        lock (_lock)
        {
            try
            {
                BatchCounter.Add(_open, new AttemptCounter(_open.Change, _exclusions, _options, _timeProvider, _begun), start, batch, _timeProvider.GetUtcNow());
                _open.Change.Positions[source] = batch.Position;
                if (_open.EndsCoverage)
                {
                    _stretch.End();
                }
                else if (_open.EndsQuiet)
                {
                    EndQuiet(_open);
                }
            }
            catch
            {
                Discard();
                throw;
            }
        }
    }

    /// <summary>Writes what was added.</summary>
    /// <returns>What was written since the last call.</returns>
    /// <exception cref="StateNotWrittenException">Nothing was written, and what was added is forgotten: it is to be read again.</exception>
    public CommitOutcome Commit()
    {
        lock (_lock)
        {
            WriteOpen();
            var told = _untold;
            _untold = CommitOutcome.Nothing;
            return told;
        }
    }

    private void WriteOpen()
    {
        lock (_lock)
        {
            var open = _open;
            try
            {
                ForgetOldConnections(open.Change);
                open.SetWatched(_stretch.Unstored, _timeProvider.GetUtcNow());
                if (open.Change.IsEmpty)
                {
                    return;
                }

                open.Change.SetNumber(StateNames.Commits, (open.Change.GetNumber(StateNames.Commits) ?? 0) + 1);
                _file.Write(open.Change);
            }
            catch
            {
                Discard();
                throw;
            }

            _stretch.NoteStored();
            _open = new OpenChange(_file.Stored);
            _untold = _untold.And(open.Outcome);
            var totals = AttemptTotals.Of(_file.Stored, open.Change, _current);
            Publishing?.Invoke(totals, open.Change.Clients.Values.OfType<ClientTotals>());
            _current = totals;
        }
    }

    /// <summary>Counts a batch and writes it.</summary>
    /// <exception cref="StateNotWrittenException">Nothing was written; the same batch can be read and applied again.</exception>
    public CommitOutcome Apply(AuditSourceKind source, AuditStart start, AuditBatch batch)
    {
        Add(source, start, batch);
        return Commit();
    }

    /// <summary>Counts a read that failed as a whole.</summary>
    /// <exception cref="StateNotWrittenException">It was not written.</exception>
    public void AddReadError(ReadErrorReason reason) =>
        Write(open => new AttemptCounter(open.Change, _exclusions, _options, _timeProvider, _begun).Add(CounterNames.Of(reason), 1));

    /// <summary>Auditing was found off: since nobody knows when, connections left no record.</summary>
    /// <exception cref="StateNotWrittenException">It was not written.</exception>
    public void EndCoverage(string reason)
    {
        lock (_lock)
        {
            if (_current.Watched.Covered > TimeSpan.Zero || _stretch.Unstored.Covered > TimeSpan.Zero || _current.CoveredSince is not null)
            {
                _stretch.End();
                Write(open => open.EndCoverage(_timeProvider.GetUtcNow(), [reason]));
            }
        }
    }

    /// <summary>Notes a connection that we are about to make, so that its records do not count, whatever happens meanwhile.</summary>
    /// <param name="connection">What records of it are known by: its <see cref="AuditRecord.Connection"/> or <see cref="AuditRecord.OwnName"/>.</param>
    /// <exception cref="StateNotWrittenException">It was not noted: the connection must not be made.</exception>
    public void NoteOwnConnection(string connection) => Write(open =>
    {
        open.Change.Connections.Changed[connection] = new KnownConnection(_timeProvider.GetUtcNow(), null, null) { IsOwn = true };
        open.Change.Connections.ReadAt = _timeProvider.GetTimestamp();
    });

    /// <summary>The keys of the open sessions that are stored.</summary>
    public IReadOnlyCollection<string> KnownSessions
    {
        get
        {
            lock (_lock)
            {
                return (_open.Change.Get(StateNames.KnownSessions) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            }
        }
    }

    /// <summary>Counts the open SMB1 sessions that no record told of.</summary>
    /// <param name="sessions">Those that are open now.</param>
    /// <param name="recordedSince">From when on each session has left a record, in hundredths of a second since the machine's start; null where that cannot be said.</param>
    /// <exception cref="StateNotWrittenException">Nothing was counted.</exception>
    public SessionOutcome CountSessions(IReadOnlyList<OpenSession> sessions, long? recordedSince)
    {
        lock (_lock)
        {
            var outcome = SessionOutcome.None;
            Write(open =>
            {
                var counter = new AttemptCounter(open.Change, _exclusions, _options, _timeProvider, _begun);
                outcome = SessionCounter.Count(open.Change, counter, _exclusions, sessions, new RecordedSince(_current.CoveredSince, recordedSince), _timeProvider.GetUtcNow());
                BatchCounter.NoteAttempts(open, counter);
                if (outcome.InUse > 0)
                {
                    open.EndQuiet();
                    EndQuiet(open);
                }
            });
            return outcome;
        }
    }

    /// <summary>What was watched since the last proof is proved, and counts with the next look.</summary>
    /// <param name="isQuiet">Whether no SMB1 session was open meanwhile.</param>
    public void Prove(bool isQuiet)
    {
        lock (_lock)
        {
            _stretch.Prove(isQuiet);
        }
    }

    /// <summary>What was watched since the last proof does not count: something changed in between, or nothing proves it any more.</summary>
    public void Doubt()
    {
        lock (_lock)
        {
            _stretch.Doubt();
        }
    }

    /// <summary>Notes a look at whether the server is watched. What it adds is shown once it is proved, and written with the next commit.</summary>
    /// <param name="isWatched">Whether an attempt would be seen: auditing is on, and the log is read.</param>
    /// <param name="needsProof">Whether it counts only from one proof to the next.</param>
    /// <returns>By how much the wall clock was set since the last look; zero where it was not.</returns>
    /// <exception cref="StateNotWrittenException">That the clock was set, or that it is covered from now on, was not written.</exception>
    public TimeSpan Look(bool isWatched, bool needsProof = false)
    {
        lock (_lock)
        {
            var step = _stretch.Look(isWatched);
            if (!needsProof)
            {
                _stretch.Prove(isQuiet: true);
            }

            var since = _stretch.Unstored;
            _current = _current with { Watched = _open.WatchedWith(since).Shown };
            if (step != TimeSpan.Zero)
            {
                _overdue.Clear();
                var text = $"The clock of this server was set {(step > TimeSpan.Zero ? "forward" : "back")} by {Figures.Duration(step.Duration())}.";
                Write(open =>
                {
                    open.Change.MoveCoverage(step);
                    open.Change.NoteCoverage(_timeProvider.GetUtcNow(), text);
                });
            }
            else if (_current.CoveredSince is null && since.Covered > TimeSpan.Zero)
            {
                // That it is covered now is told from the first look on.
                WriteOpen();
            }

            return step;
        }
    }

    /// <summary>Writes something, whether there is anything to write or not.</summary>
    /// <exception cref="StateNotWrittenException">It cannot be written; what was added is to be read again.</exception>
    public void TryToWrite() => Write(open => open.Change.SetTime(StateNames.WatchedUntil, _timeProvider.GetUtcNow()));

    /// <summary>Writes for how long the server was watched.</summary>
    /// <exception cref="StateNotWrittenException">It was not written; what was added is to be read again.</exception>
    public void WriteWatched()
    {
        lock (_lock)
        {
            if (_stretch.Unstored.Covered > TimeSpan.Zero)
            {
                WriteOpen();
            }
        }
    }

    /// <summary>Looks whether the file is there and sound, and writes it anew if it is not.</summary>
    /// <exception cref="StateNotWrittenException">It cannot be written now.</exception>
    public void CheckFile()
    {
        lock (_lock)
        {
            _file.Check();
        }
    }

    /// <summary>Does what commands ask for.</summary>
    /// <returns>What was asked for, and whether it was done.</returns>
    /// <exception cref="StateNotWrittenException">It was not done; it is tried again at the next call, as long as the command waits.</exception>
    public IReadOnlyList<(StateRequest Request, bool IsDone)> AnswerRequests()
    {
        lock (_lock)
        {
            var answered = new List<(StateRequest, bool)>();
            _file.AnswerRequests(request =>
            {
                var isDone = request.Kind == StateRequests.Forget && Forget(request.Argument);
                answered.Add((request, isDone));
                return isDone ? bool.TrueString : bool.FalseString;
            });
            return answered;
        }
    }

    /// <summary>Notes beside the file that the exporter is alive.</summary>
    /// <param name="problem">What keeps the file from being written; empty where nothing does.</param>
    public void NoteAlive(string problem)
    {
        lock (_lock)
        {
            _file.NoteAlive(problem);
        }
    }

    /// <summary>Keeps why auditing could not be switched on, for <c>check</c> to tell; null once it is on.</summary>
    /// <exception cref="StateNotWrittenException">It was not written.</exception>
    public void SetAuditingFailure(string? reason) => Write(open => open.Change.Set(StateNames.AuditingFailure, reason));

    /// <summary>Keeps what DNS said of clients; of those forgotten meanwhile, nothing.</summary>
    /// <exception cref="StateNotWrittenException">It was not written.</exception>
    public void SetNames(IReadOnlyCollection<NameAnswer> answers) => Write(open =>
    {
        foreach (var answer in answers)
        {
            if (open.Change.FindClient(answer.Address) is { } client)
            {
                open.Change.SetClient(ShownName.WithAnswer(client, answer, _timeProvider));
            }
        }
    });

    /// <summary>Keeps what the exporter says of itself, for <c>report</c> to tell.</summary>
    /// <exception cref="StateNotWrittenException">It was not written.</exception>
    public void SetExporter(ExporterRecord exporter)
    {
        ArgumentNullException.ThrowIfNull(exporter);
        Write(open => exporter.WriteTo(open.Change));
    }

    /// <summary>Forgets the clients unseen for the retention time, and days that no verdict needs.</summary>
    /// <returns>Their addresses.</returns>
    /// <exception cref="StateNotWrittenException">They were not forgotten.</exception>
    public IReadOnlyList<string> ForgetUnseenClients()
    {
        lock (_lock)
        {
            var forgotten = _overdue.Find(_current.Clients);
            Write(open =>
            {
                forgotten.ForEach(open.Change.ForgetClient);
                open.Change.ForgottenDays.AddRange(DaysKept.Outdated(_file.Stored, _options, _timeProvider.GetUtcNow()));
            });
            return forgotten;
        }
    }

    /// <summary>Forgets a client, which frees its place under the cap.</summary>
    /// <returns>Whether it was known.</returns>
    /// <exception cref="StateNotWrittenException">It was not forgotten.</exception>
    public bool Forget(string address)
    {
        lock (_lock)
        {
            if (_open.Change.FindClient(address) is null)
            {
                return false;
            }

            Write(open =>
            {
                open.Change.ForgetClient(address);
                open.Change.RemoveFromDays(address);
            });
            return true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            try
            {
                Commit();
            }
            catch (StateNotWrittenException)
            {
                // It was told when it could not be written first; what is lost is read again at the next start.
            }

            _file.Dispose();
        }
    }

    private void Write(Action<OpenChange> change)
    {
        lock (_lock)
        {
            change(_open);
            if (!_open.Change.IsEmpty)
            {
                WriteOpen();
            }
        }
    }

    private void EndQuiet(OpenChange open) => _stretch.EndQuiet(isCovered: open.WatchedWith(_stretch.Unstored).Covered > TimeSpan.Zero);

    private void Discard() => _open = new OpenChange(_file.Stored);

    private void ForgetOldConnections(StateChange change)
    {
        if (change.Connections.Changed.Count > 0 || change.Positions.Count > 0)
        {
            var twice = 2 * AttemptCounter.ConnectionMemory.TotalSeconds * _timeProvider.TimestampFrequency;
            change.Connections.Forgotten.AddRange(
                _file.Stored.Connections.FindOutdated(_timeProvider.GetTimestamp() - (long)twice, MostConnections));
        }
    }
}
