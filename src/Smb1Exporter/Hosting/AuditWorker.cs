using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.State;

namespace Smb1Exporter.Hosting;

/// <summary>Reads the audit log, counts, and stores, batch by batch.</summary>
internal sealed partial class AuditWorker(
    IAuditSource source,
    AuditSourceKind kind,
    AuditingOptions options,
    AttemptStore store,
    HostState hostState,
    OwnConnections own,
    TimeProvider timeProvider,
    ILogger<AuditWorker> logger) : BackgroundService
{
    /// <summary>So many bad records of one batch are logged each; the rest as a number.</summary>
    private const int LoggedErrorsPerBatch = 5;

    /// <summary>So many new clients of one batch are logged each; the rest as a number.</summary>
    private const int LoggedClientsPerBatch = 20;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>A position that says nothing but that more was read, of which nothing counts, is stored so often.</summary>
    private static readonly TimeSpan StoreEvery = TimeSpan.FromSeconds(30);

    /// <summary>While a backlog is read, what was counted is written so often: a write takes longer than counting many batches.</summary>
    private static readonly TimeSpan CommitEvery = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestWaitForCheck = TimeSpan.FromSeconds(30);
    private readonly BoundedReader _reader = new(source, timeProvider);
    private Task _firstRead = Task.CompletedTask;
    private AuditStart? _ahead;
    private long? _stored;
    private long? _uncommittedSince;
    private bool _capLogged;

    /// <summary>Reads once before anything is served, so that a log that may not be read stops the start.</summary>
    /// <exception cref="StartupException">The log is there but may not be read.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        Log.Reading(logger, ProgramVersion.Text, source.Description, kind, options.Source);
        try
        {
            await ReadOnceAsync(cancellationToken);
        }
        catch (AuditSourceException e) when (e.Reason == ReadErrorReason.AccessDenied)
        {
            throw new StartupException(e.Message, e);
        }
        catch (AuditSourceException e) when (e.Reason == ReadErrorReason.NotFound)
        {
            hostState.Lag.NoteFailure();
            _firstRead = hostState.Checked;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop before it began: what was not read is still there at the next start.
        }
        catch (Exception e)
        {
            Fail(e);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WaitForFirstCheckAsync(stoppingToken);
        var pause = TimeSpan.FromSeconds(1);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ReadOnceAsync(stoppingToken))
                {
                    await WaitForMoreAsync(stoppingToken);
                }

                pause = TimeSpan.FromSeconds(1);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Fail(e);
                await timeProvider.WaitForAsync(own.Asked, pause, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    /// <summary>Waits for more in the log, or for somebody who wants to know what it holds now.</summary>
    private async Task WaitForMoreAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var more = source.WaitForMoreAsync(either.Token);
        if (await Task.WhenAny(more, own.Asked) != more)
        {
            await either.CancelAsync();
        }

        try
        {
            await more;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It was asked for.
        }
    }

    /// <summary>Where auditing was never on there is no log; that is a fault only once it should be on.</summary>
    private Task WaitForFirstCheckAsync(CancellationToken cancellationToken) =>
        timeProvider.WaitForAsync(_firstRead, LongestWaitForCheck, cancellationToken);

    /// <summary>Reads, counts and stores one batch.</summary>
    /// <returns>True when nothing more is waiting.</returns>
    /// <exception cref="AuditSourceException">The log, or a part of it, cannot be read.</exception>
    private async Task<bool> ReadOnceAsync(CancellationToken cancellationToken)
    {
        hostState.SetReading(true);
        var begun = timeProvider.GetTimestamp();
        try
        {
            var start = _ahead ?? store.StartOf(kind);
            hostState.Lag.Begin(start.NotBefore);
            var batch = await _reader.ReadAsync(start, cancellationToken);
            Store(start, batch);
            own.NoteRead(begun, batch);
            hostState.Lag.NoteCounted(batch.Records);
            if (batch.Failure is not null)
            {
                throw batch.Failure;
            }

            if (batch is { CaughtUp: true, LeavesUnread: false })
            {
                hostState.Lag.CatchUp();
            }

            // A batch in the middle of a backlog proves less: of two channels, one may have failed behind it.
            if (batch.CaughtUp && hostState.SourceWorked())
            {
                Log.SourceWorks(logger, source.Description);
            }

            return batch.CaughtUp;
        }
        catch (AuditSourceException e) when (e.Reason == ReadErrorReason.NotFound)
        {
            own.NoteRead(begun, null);
            throw;
        }
        finally
        {
            hostState.SetReading(false);
        }
    }

    private void Store(AuditStart start, AuditBatch batch)
    {
        if (!IsWorthStoring(start, batch))
        {
            _ahead = start with { Position = batch.Position };
            return;
        }

        _ahead = null;
        store.Add(kind, start, batch);
        _uncommittedSince ??= timeProvider.GetTimestamp();
        if (batch.CaughtUp || batch.Failure is not null || timeProvider.GetElapsedTime(_uncommittedSince.Value) >= CommitEvery)
        {
            Commit();
            _stored = batch.CaughtUp ? timeProvider.GetTimestamp() : null;
        }
    }

    private void Commit()
    {
        _uncommittedSince = null;
        Report(store.Commit());
        if (hostState.StateWorked())
        {
            Log.StoreWorks(logger);
        }
    }

    // Neither a quiet log nor what does not count must cost a write to disk at every look.
    private bool IsWorthStoring(AuditStart start, AuditBatch batch)
    {
        if (_uncommittedSince is not null || batch is not { Records: [], Errors: [], Gaps: [], StartedOver: false } || _stored is not { } stored)
        {
            return true;
        }

        var hasMoved = batch.Position != start.Position;
        return (hasMoved && batch.IsPositionUrgent) || ((hasMoved || _ahead is not null) && timeProvider.GetElapsedTime(stored) >= StoreEvery);
    }

    private void Report(CommitOutcome outcome)
    {
        foreach (var gap in outcome.Gaps)
        {
            Log.Gap(logger, gap.Place, gap.Detail);
        }

        foreach (var error in outcome.Errors.Take(LoggedErrorsPerBatch))
        {
            Log.BadRecord(logger, error.Place, error.Reason, error.Detail);
        }

        if (outcome.Errors.Count > LoggedErrorsPerBatch)
        {
            Log.MoreBadRecords(logger, outcome.Errors.Count - LoggedErrorsPerBatch);
        }

        foreach (var client in outcome.NewClients.Take(LoggedClientsPerBatch))
        {
            Log.NewClient(logger, client);
        }

        if (outcome.NewClients.Count > LoggedClientsPerBatch)
        {
            Log.MoreNewClients(logger, outcome.NewClients.Count - LoggedClientsPerBatch);
        }

        if (outcome.OverCap > 0 && !_capLogged)
        {
            _capLogged = true;
            Log.CapReached(logger, store.Current.TrackedClients);
        }
    }

    private void Fail(Exception e)
    {
        switch (e)
        {
            case AuditSourceException failure:
                hostState.Lag.NoteFailure();
                TryCount(failure.Reason);
                if (hostState.SourceFailed(failure.Message))
                {
                    Log.SourceFails(logger, failure.Message);
                }

                break;
            case StateNotWrittenException failure:
                _uncommittedSince = null;
                if (hostState.StateFailed(failure.Message, failure.IsLocked))
                {
                    Log.StoreFails(logger, failure.Message);
                }

                break;
            default:
                hostState.Lag.NoteFailure();
                TryCount(ReadErrorReason.Io);
                if (hostState.SourceFailed($"{e.GetType().Name}: {e.Message}"))
                {
                    Log.ReadFails(logger, e, source.Description);
                }

                break;
        }
    }

    private void TryCount(ReadErrorReason reason)
    {
        try
        {
            store.AddReadError(reason);
        }
        catch (StateNotWrittenException)
        {
            // The store itself is what fails, which is told when a batch cannot be written.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message =
            "smb1-exporter {Version} reads the {Source} ({Kind}; Exporter:Source is {Setting})")]
        public static partial void Reading(ILogger logger, string version, string source, AuditSourceKind kind, AuditSourceKind setting);

        [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "The {Source} can be read")]
        public static partial void SourceWorks(ILogger logger, string source);

        [LoggerMessage(EventId = 102, Level = LogLevel.Error, Message = "{Problem} Trying again.")]
        public static partial void SourceFails(ILogger logger, string problem);

        [LoggerMessage(EventId = 103, Level = LogLevel.Error, Message =
            "Reading the {Source} failed; nothing is lost, trying again")]
        public static partial void ReadFails(ILogger logger, Exception exception, string source);

        [LoggerMessage(EventId = 104, Level = LogLevel.Warning, Message =
            "Audit records are lost unread in {Place}: {Detail}. Nobody can say what happened in between; the covered time starts anew.")]
        public static partial void Gap(ILogger logger, string place, string detail);

        [LoggerMessage(EventId = 105, Level = LogLevel.Warning, Message = "Audit record with a fault at {Place} ({Reason}): {Detail}")]
        public static partial void BadRecord(ILogger logger, string place, ReadErrorReason reason, string detail);

        [LoggerMessage(EventId = 106, Level = LogLevel.Warning, Message = "{Count} further audit records with a fault")]
        public static partial void MoreBadRecords(ILogger logger, int count);

        [LoggerMessage(EventId = 107, Level = LogLevel.Information, Message = "New SMB1 client {Client}")]
        public static partial void NewClient(ILogger logger, string client);

        [LoggerMessage(EventId = 108, Level = LogLevel.Warning, Message =
            "{Count} clients are tracked, the limit: further ones are counted together as \"other\". Raise Exporter:MaxClients to tell them apart.")]
        public static partial void CapReached(ILogger logger, int count);

        [LoggerMessage(EventId = 110, Level = LogLevel.Error, Message =
            "{Problem} Nothing is lost: what was read is read again until it can be stored.")]
        public static partial void StoreFails(ILogger logger, string problem);

        [LoggerMessage(EventId = 111, Level = LogLevel.Information, Message = "{Count} further new SMB1 clients")]
        public static partial void MoreNewClients(ILogger logger, int count);

        [LoggerMessage(EventId = 109, Level = LogLevel.Information, Message = "The state file can be written again")]
        public static partial void StoreWorks(ILogger logger);
    }
}
