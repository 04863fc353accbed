using Smb1Exporter.Auditing;
using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>What a committed batch brought, for the log.</summary>
/// <param name="Errors">Records that could not be used, the batch's own and those found in counting.</param>
/// <param name="NewClients">Clients seen for the first time.</param>
/// <param name="OverCap">Attempts counted as "other" because the cap is reached.</param>
internal sealed record CommitOutcome(IReadOnlyList<AuditReadError> Errors, IReadOnlyList<string> NewClients, long OverCap);

/// <summary>
/// The totals, first and last seen, and the position in the audit log: stored together or not at all. What it hands out is committed.
/// Safe for use by several threads.
/// </summary>
internal sealed class AttemptStore : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StateFile _file;
    private readonly CountingOptions _options;
    private readonly ClientExclusions _exclusions;
    private readonly TimeProvider _timeProvider;
    private readonly Dictionary<AuditSourceKind, AuditPosition?> _positions = [];
    private volatile AttemptTotals _current;

    /// <param name="file">The opened state file; disposed with the store.</param>
    /// <param name="options">Limits and retention.</param>
    /// <param name="initialLookback">How far the first run looks back.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="FormatException">An entry of <see cref="CountingOptions.ExcludedClients"/> is neither address nor range.</exception>
    public AttemptStore(StateFile file, CountingOptions options, TimeSpan initialLookback, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        _file = file;
        _options = options;
        _timeProvider = timeProvider;
        _exclusions = ClientExclusions.Parse(options.ExcludedClients);
        _current = Write(transaction => Begin(transaction, initialLookback));
    }

    /// <summary>What is committed.</summary>
    public AttemptTotals Current => _current;

    /// <summary>Where the source goes on reading.</summary>
    public AuditStart StartOf(AuditSourceKind source)
    {
        lock (_lock)
        {
            using var transaction = new StateTransaction(_file.Connection, reads: true);
            var notBefore = transaction.GetTime(StateNames.NotBefore)
                ?? transaction.GetTime(StateNames.LatestRecord)?.AddMicroseconds(1)
                ?? _timeProvider.GetUtcNow();
            if (!_positions.TryGetValue(source, out var position))
            {
                position = _positions[source] = transaction.ReadPosition(source);
            }

            return new AuditStart(position, notBefore);
        }
    }

    /// <summary>Counts a batch and stores it with its position.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">Nothing was stored; the same batch can be read and applied again.</exception>
    public CommitOutcome Apply(AuditSourceKind source, AuditStart start, AuditBatch batch)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(batch);
        AttemptCounter? counter = null;
        Write(transaction =>
        {
            counter = new AttemptCounter(transaction, _exclusions, _options, _timeProvider.GetUtcNow());
            Apply(transaction, counter, source, start, batch);
        });
        lock (_lock)
        {
            _positions[source] = batch.Position;
        }

        return new CommitOutcome([.. batch.Errors, .. counter!.Errors], counter.NewClients, counter.OverCap);
    }

    /// <summary>Counts a read that failed as a whole.</summary>
    public void AddReadError(ReadErrorReason reason) => Write(transaction => transaction.AddReadError(reason));

    /// <summary>Starts the covered stretch, unless it runs already, or ends it.</summary>
    public void SetCovered(bool covered)
    {
        if (covered == (Current.CoveredSince is not null))
        {
            return;
        }

        var now = _timeProvider.GetUtcNow();
        Write(transaction =>
        {
            transaction.SetTime(StateNames.CoveredSince, covered ? now : null);
            transaction.AddCoverageEvent(
                now, covered ? "Auditing was found on." : "Auditing was found off: connections left no record.");
        });
    }

    /// <summary>Keeps why auditing could not be switched on, for <c>check</c> to tell; null once it is on.</summary>
    public void SetAuditingFailure(string? reason)
    {
        lock (_lock)
        {
            using var transaction = new StateTransaction(_file.Connection, reads: true);
            if (transaction.Get(StateNames.AuditingFailure) == reason)
            {
                return;
            }
        }

        Write(transaction => transaction.Set(StateNames.AuditingFailure, reason));
    }

    /// <summary>Keeps what DNS said of clients; of those forgotten meanwhile, nothing.</summary>
    public void SetNames(IReadOnlyCollection<NameAnswer> answers) => Write(transaction =>
    {
        foreach (var answer in answers)
        {
            transaction.SetDnsName(answer);
        }
    });

    /// <summary>Keeps what the exporter says of itself, for <c>report</c> to tell.</summary>
    public void SetExporter(ExporterRecord exporter)
    {
        ArgumentNullException.ThrowIfNull(exporter);
        Write(exporter.WriteTo);
    }

    /// <summary>Lets the series rise to their totals for which <paramref name="mayRise"/> says so.</summary>
    /// <param name="mayRise">Called with the names that <see cref="SeriesNames"/> gives.</param>
    public AttemptTotals Rise(Func<string, bool> mayRise)
    {
        ArgumentNullException.ThrowIfNull(mayRise);
        lock (_lock)
        {
            var rising = SeriesNames.Held(_current).Where(mayRise).ToList();
            return rising.Count == 0 ? _current : Write(transaction =>
            {
                foreach (var series in rising)
                {
                    var (table, key) = SeriesNames.Parse(series);
                    transaction.ShowTotal(table, key);
                }
            });
        }
    }

    /// <summary>Forgets the clients unseen for the retention time.</summary>
    /// <returns>Their addresses.</returns>
    public IReadOnlyList<string> ForgetUnseenClients()
    {
        lock (_lock)
        {
            var now = _timeProvider.GetUtcNow();
            var forgotten = _current.Clients.Where(client => IsForgotten(client, now)).Select(client => client.Address).ToList();
            if (forgotten.Count > 0)
            {
                Write(transaction => forgotten.ForEach(transaction.ForgetClient));
            }

            return forgotten;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file.Dispose();
        }
    }

    private bool IsForgotten(ClientTotals client, DateTimeOffset now)
    {
        // Attempts that no scrape has shown yet get one more day.
        var grace = client.Attempts.Shown < client.Attempts.Total ? TimeSpan.FromDays(1) : TimeSpan.Zero;
        return now - client.LastSeen > _options.ClientRetention + grace;
    }

    private void Begin(StateTransaction transaction, TimeSpan initialLookback)
    {
        if (transaction.GetTime(StateNames.LastAttempt) is null && transaction.LatestLastSeen() is { } lastSeen)
        {
            // Written by a version that did not keep it.
            transaction.NoteAttempt(lastSeen);
        }

        if (!_options.ResolveNames)
        {
            transaction.ForgetNames();
        }

        const string Begun = "begun";
        if (transaction.Get(Begun) is not null)
        {
            return;
        }

        var lookback = _timeProvider.GetUtcNow() - initialLookback;
        if (_file.SetAside is { } setAside)
        {
            // What was counted went with the damaged file, and Prometheus has it: counting it again would report it again.
            transaction.Add(CounterNames.Gaps, 1);
            transaction.AddCoverageEvent(_timeProvider.GetUtcNow(), "The state file was damaged: what it had counted is lost.");
            lookback = setAside.LastWritten > lookback ? setAside.LastWritten : lookback;
        }

        transaction.SetTime(Begun, _timeProvider.GetUtcNow());
        transaction.SetTime(StateNames.NotBefore, lookback);
    }

    private void Apply(StateTransaction transaction, AttemptCounter counter, AuditSourceKind source, AuditStart start, AuditBatch batch)
    {
        if (batch.StartedOver)
        {
            transaction.SetTime(StateNames.NotBefore, start.NotBefore);
        }

        var notBefore = transaction.GetTime(StateNames.NotBefore) ?? DateTimeOffset.MinValue;
        var latest = transaction.GetTime(StateNames.LatestRecord) ?? DateTimeOffset.MinValue;
        foreach (var record in batch.Records.Where(record => record.Time >= notBefore))
        {
            counter.Count(record);
            latest = record.Time > latest ? record.Time : latest;
        }

        foreach (var error in batch.Errors.Concat(counter.Errors))
        {
            transaction.AddReadError(error.Reason);
        }

        if (batch.Gaps.Count > 0)
        {
            transaction.Add(CounterNames.Gaps, batch.Gaps.Count);
            BeginCoveredStretchAnew(transaction, batch.Gaps.Select(gap => $"Audit records were lost unread in {gap.Place}: {gap.Detail.TrimEnd('.')}."));
        }

        var hiding = batch.Errors.Where(error => error.MayHideAttempt).ToList();
        if (hiding.Count > 0)
        {
            var others = hiding.Count == 1 ? "" : $" The same goes for {Figures.Count(hiding.Count - 1, "other record", "D")}.";
            BeginCoveredStretchAnew(
                transaction, [$"A record that may be of an SMB1 connection could not be read at {hiding[0].Place}: {hiding[0].Detail.TrimEnd('.')}.{others}"]);
        }

        if (latest > DateTimeOffset.MinValue)
        {
            // Never ahead of the clock: where the position is lost, reading goes on behind this time.
            var now = _timeProvider.GetUtcNow();
            transaction.SetTime(StateNames.LatestRecord, latest < now ? latest : now);
        }

        if (batch.CaughtUp)
        {
            transaction.SetTime(StateNames.NotBefore, null);

            // By when they were read, not by their own time: a record may come late.
            transaction.ForgetConnectionsReadBefore(_timeProvider.GetUtcNow() - (2 * AttemptCounter.ConnectionMemory));
        }

        transaction.SetPosition(source, _positions.GetValueOrDefault(source), batch.Position);
    }

    /// <summary>Nobody can say any more that there was no connection: the covered stretch begins now, if there is one.</summary>
    private void BeginCoveredStretchAnew(StateTransaction transaction, IEnumerable<string> reasons)
    {
        var now = _timeProvider.GetUtcNow();
        foreach (var reason in reasons)
        {
            transaction.AddCoverageEvent(now, reason);
        }

        if (transaction.GetTime(StateNames.CoveredSince) is not null)
        {
            transaction.SetTime(StateNames.CoveredSince, now);
        }
    }

    private AttemptTotals Write(Action<StateTransaction> change)
    {
        lock (_lock)
        {
            using var transaction = new StateTransaction(_file.Connection);
            change(transaction);
            var totals = transaction.ReadTotals();
            transaction.Commit();
            _current = totals;
            return totals;
        }
    }
}
