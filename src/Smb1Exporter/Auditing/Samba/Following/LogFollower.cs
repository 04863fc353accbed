namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What may be held and read at a time.</summary>
internal sealed record LogFollowerLimits
{
    /// <summary>Records and errors in one batch.</summary>
    public int BatchItems { get; init; } = 1000;

    /// <summary>Bytes looked through for one batch.</summary>
    public long BatchBytes { get; init; } = 16 << 20;

    /// <summary>Bytes read at once.</summary>
    public int ChunkBytes { get; init; } = 256 << 10;

    /// <summary>Of up to so many files each is looked at each time; of more, only those that are announced to have changed.</summary>
    public int LookAtAll { get; init; } = 64;

    /// <summary>Files kept open.</summary>
    public int OpenFiles { get; init; } = 64;

    /// <summary>How long the last line of a file that was rotated away may lack its end before it is taken as it is.</summary>
    public TimeSpan IncompleteAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long nobody may have written to a file before its last message is taken for whole: smbd writes a message at once, line by line.</summary>
    public TimeSpan SettledAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a file without a name is kept open after its last growth.</summary>
    public TimeSpan NamelessFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long reading may stand still while there is something to read.</summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>
/// Follows a log through rotation, truncation, edits and restarts: looks which files there are, brings them together with the bookmarks, and reads
/// a bounded amount. Everything it decides is in the position it returns, so that it is stored together with what was read, or not at all.
/// </summary>
internal sealed class LogFollower : IDisposable
{
    private const int FaultLimit = 1000;

    /// <summary>How old the stored time of the last look may be: a position that changes at every look would be written at every look.</summary>
    private static readonly TimeSpan LookedEvery = TimeSpan.FromSeconds(30);

    /// <summary>With less than this free smbd cannot write a record.</summary>
    private const int LeastFreeBytes = 16 << 10;

    private readonly ILogFileSystem _fileSystem;
    private readonly TimeProvider _timeProvider;
    private readonly LogFollowerLimits _limits;
    private readonly OwnConnections _own;
    private readonly OpenFiles _openFiles;
    private readonly FileSet _files;
    private readonly Tailer _tailer;
    private readonly FileActivity _activity;
    private FollowedLog? _log;

    /// <summary>The log as it was last looked at, where only an announced change can bring something to do.</summary>
    private LogPattern? _idle;

    private long? _lastLook;

    public LogFollower(ILogFileSystem fileSystem, TimeProvider timeProvider, LogFollowerLimits limits, OwnConnections own)
    {
        _own = own;
        _fileSystem = fileSystem;
        _timeProvider = timeProvider;
        _limits = limits;
        _openFiles = new OpenFiles(fileSystem, limits.OpenFiles);
        _files = new FileSet(fileSystem, _openFiles, limits.OpenFiles);
        _tailer = new Tailer(fileSystem, limits.ChunkBytes);
        _activity = new FileActivity(timeProvider, limits.StalledAfter);
    }

    /// <summary>Whether the last read left nothing to do, and nothing that time alone may bring.</summary>
    public bool WaitsForNothing { get; private set; }

    /// <summary>Opens a file that just appeared; may be called from any thread.</summary>
    public void Capture(string path) => _openFiles.Capture(path);

    /// <inheritdoc cref="IAuditSource.Read"/>
    /// <param name="pattern">Which files make up the log.</param>
    /// <param name="changedNames">The names that changed in the folder since the last read; null where any may have.</param>
    /// <param name="start">Where reading goes on.</param>
    /// <param name="cancellationToken">Ends a long read early.</param>
    public AuditBatch Read(LogPattern pattern, IReadOnlySet<string>? changedNames, AuditStart start, CancellationToken cancellationToken)
    {
        var gaps = new List<AuditGap>();
        var log = Resume(pattern, start, gaps);
        var now = _timeProvider.GetUtcNow().UtcTicks;
        var isAsLastTime = log is not null && log == _log && log.Bookmarks.Count > _limits.LookAtAll;
        if (isAsLastTime && changedNames is { Count: 0 } && _idle == pattern && !IsDiskFull(pattern.Folder))
        {
            _lastLook = _timeProvider.GetTimestamp();
            return new AuditBatch([], [], [], log!.Stored, CaughtUp: true);
        }

        var (look, plan) = LookAndPlan(pattern, log, start, isAsLastTime ? changedNames : null);
        gaps.AddRange(plan.Gaps);
        var isDiskFull = look.HasFolder && IsDiskFull(pattern.Folder);
        if (isDiskFull && log?.Look.IsDiskFull != true)
        {
            gaps.Add(new AuditGap(pattern.Folder, "its disk is full: smbd cannot write what it should, and tells nobody"));
        }

        var batch = new LogBatch(_limits.BatchItems, _limits.BatchBytes, _own);
        var faults = new List<AuditReadError>(look.Faults);
        var (bookmarks, caughtUp) = ReadFiles(plan.Bookmarks, look, batch, faults, cancellationToken);
        var isQuiet = batch.Records.Count == 0 && batch.Errors.Count == 0 && gaps.Count == 0 && caughtUp;
        if (isQuiet)
        {
            RefuseWithoutLog(pattern, look);
        }

        WaitsForNothing = caughtUp && !isDiskFull && faults.Count == 0
            && bookmarks.TrueForAll(bookmark => !bookmark.HasUnread && bookmark.Role != FileRole.Nameless);
        _idle = isQuiet && WaitsForNothing ? pattern : null;
        var before = log ?? FollowedLog.Empty;
        _log = before.With(MakeLook(before, look, now, faults, isDiskFull), bookmarks, out var isOtherSet);
        var known = before.Look.Faults;
        return new AuditBatch(
            batch.Records,
            [.. batch.Errors, .. faults.Take(FaultLimit).Where(fault => !known.Contains(new FileFault(fault.Place, fault.Reason)))],
            gaps,
            _log.Stored,
            caughtUp)
        {
            OwnRecords = batch.OwnRecords,
            HasUnfinished = bookmarks.Exists(bookmark => bookmark is { IsInUse: true, HasUnread: true }),
            StartedOver = start.Position is not null && log is null,
            IsPositionUrgent = isOtherSet,
            LeavesUnread = faults.Count > 0,
            Failure = FindFailure(pattern, isDiskFull, bookmarks) is { } failure ? new AuditSourceException(ReadErrorReason.Io, failure) : null,
        };
    }

    public void Dispose() => _openFiles.Dispose();

    private FollowedLog? Resume(LogPattern pattern, AuditStart start, List<AuditGap> gaps)
    {
        if (start.Position is null || ReferenceEquals(start.Position, _log?.Stored))
        {
            return start.Position is null ? null : _log;
        }

        if (!FollowedLog.TryParse(start.Position, out var log, out var why))
        {
            gaps.Add(new AuditGap(pattern.Text, $"the stored position cannot be used ({why}); reading starts over as on a first run"));
        }

        return log;
    }

    private (FolderLook Look, FollowPlan Plan) LookAndPlan(
        LogPattern pattern, FollowedLog? log, AuditStart start, IReadOnlySet<string>? changedNames)
    {
        var isContinuous = _lastLook is { } last && _timeProvider.GetElapsedTime(last) < LookedEvery;
        _lastLook = _timeProvider.GetTimestamp();
        var result = PlanOnce(changedNames);

        // A rename, or a copy and a truncation, in the middle of a look reads like a loss; a second look tells.
        return result.Plan.Gaps.Count == 0 ? result : PlanOnce(null);

        (FolderLook Look, FollowPlan Plan) PlanOnce(IReadOnlySet<string>? names)
        {
            var known = log ?? FollowedLog.Empty;
            var look = _files.Look(pattern, known, names);
            var plan = Reconciliation.Make(new LookSituation(
                known, log is null, start.NotBefore, isContinuous, pattern.SeveralFiles, file => isContinuous && _activity.WasQuiet(file), look.Files));
            return (look, plan);
        }
    }

    /// <summary>Says so when there is nothing left to read and the log, or every file of it that is in use, cannot be read.</summary>
    private static void RefuseWithoutLog(LogPattern pattern, FolderLook look)
    {
        if (!look.HasFolder)
        {
            throw new AuditSourceException(
                ReadErrorReason.NotFound,
                $"The folder {pattern.Folder} of the Samba audit log is not there, so smbd can write no records. Make it, as root and with mode 0755, "
                + "or let smb.conf name a file in another folder.");
        }

        var inUse = look.Files.Where(file => file is { IsNamed: true, IsRotated: false }).ToList();
        var fault = look.Faults.FirstOrDefault(fault => inUse.Count == 0 || inUse.Exists(file => file.Path == fault.Place));
        if (fault is not null && inUse.TrueForAll(file => look.Faults.Any(other => other.Place == file.Path)))
        {
            throw new AuditSourceException(fault.Reason, $"The Samba audit log {fault.Place} cannot be read: {fault.Detail}.");
        }

        if (look.Files.Count == 0)
        {
            throw new AuditSourceException(
                ReadErrorReason.NotFound,
                $"The Samba audit log {pattern.Text} is not there. smbd creates it with its first record; if clients connect and it stays away, "
                + "check that \"log level\" in smb.conf holds auth_json_audit:5@FILE with this file and that its folder exists, "
                + "or set Exporter:Samba:AuditLog to the file in use.");
        }
    }

    private (List<Bookmark> Bookmarks, bool CaughtUp) ReadFiles(
        IReadOnlyList<Bookmark> planned, FolderLook look, LogBatch batch, List<AuditReadError> faults, CancellationToken cancellationToken)
    {
        var observed = look.Files.ToDictionary(file => file.Status.Identity);
        var hasLog = look.Files.Any(file => file is { IsNamed: true, IsRotated: false });
        var caughtUp = true;
        var result = new List<Bookmark>(planned.Count);
        batch.KeepsShare = planned.Any(bookmark => bookmark is { IsInUse: true, HasUnread: true } && !_activity.IsWaiting(bookmark));
        foreach (var bookmark in planned.OrderBy(bookmark => bookmark.IsInUse).ThenBy(bookmark => bookmark.Written))
        {
            batch.KeepsShare &= bookmark is not { IsInUse: true, HasUnread: true };
            if (bookmark.Role == FileRole.Vanished || !observed.TryGetValue(bookmark.Identity, out var file))
            {
                result.Add(bookmark);
                continue;
            }

            var (read, done) = ReadFile(bookmark, file, batch, faults, cancellationToken);
            caughtUp &= done;
            _activity.NoteRead(read);
            result.Add(Retire(read, file, hasLog));
        }

        _activity.ForgetAllBut(observed.Keys);
        return (result, caughtUp);
    }

    private (Bookmark Bookmark, bool Done) ReadFile(
        Bookmark bookmark, ObservedFile file, LogBatch batch, List<AuditReadError> faults, CancellationToken cancellationToken)
    {
        _activity.Note(bookmark);
        if (!bookmark.HasUnread || file.Content is null)
        {
            return (bookmark, true);
        }

        var mayTakeLast = (file.IsRotated || !file.IsNamed) && !bookmark.IsEndReported && _activity.UnchangedFor(bookmark) >= _limits.IncompleteAfter;
        var isSettled = _activity.UnchangedFor(bookmark) >= _limits.SettledAfter;
        if (_activity.IsWaiting(bookmark) && !mayTakeLast && !(isSettled && bookmark.Text.Origin == TextOrigin.Doubtful))
        {
            return (bookmark, true);
        }

        try
        {
            var open = _openFiles.Get(file.Path, bookmark.Identity);
            if (open.Identity != bookmark.Identity)
            {
                return (bookmark, false);
            }

            var (records, errors) = (batch.Records.Count, batch.Errors.Count);
            var read = _tailer.Read(open.Handle, bookmark, isSettled, batch, cancellationToken);
            if (read is { HasUnread: true } && !batch.IsFull)
            {
                read = mayTakeLast && !read.IsEndReported ? _tailer.ReadLast(open.Handle, read, batch) : read;
                _activity.Wait(read);
            }

            if (read is not null && bookmark.CountedTo != 0)
            {
                DropCounted(batch, records, bookmark.CountedTo);
            }

            return read is null ? (bookmark, false) : (read, !read.HasUnread || _activity.IsWaiting(read));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new AuditReadError(ReadErrorReason.Io, bookmark.Path, $"the file cannot be read behind byte {bookmark.Offset}: {e.Message}"));
            return (bookmark, true);
        }
    }

    private static void DropCounted(LogBatch batch, int from, long countedTo)
    {
        var kept = batch.Records.Skip(from).Where(record => record.Time.UtcTicks > countedTo).ToList();
        batch.Records.RemoveRange(from, batch.Records.Count - from);
        batch.Records.AddRange(kept);
    }

    /// <summary>Lets go of a file that lost its name once nobody writes to it any more.</summary>
    private Bookmark Retire(Bookmark bookmark, ObservedFile file, bool hasLog)
    {
        // While the log itself is missing, smbd may well go on writing into the file that was removed.
        if (file.IsNamed || (bookmark.HasUnread && !bookmark.IsEndReported) || !hasLog || _activity.UnchangedFor(bookmark) < _limits.NamelessFor)
        {
            return bookmark;
        }

        _openFiles.Close(bookmark.Identity);
        return bookmark with { Role = FileRole.Vanished };
    }

    private string? FindFailure(LogPattern pattern, bool isDiskFull, IReadOnlyList<Bookmark> bookmarks) =>
        isDiskFull
            ? $"The disk of {pattern.Folder} is full, so that smbd cannot write audit records of SMB1 clients. Free some space on it, "
                + "or let smb.conf name a file on another disk."
            : _activity.FindStall(bookmarks);

    private bool IsDiskFull(string folder)
    {
        try
        {
            return _fileSystem.GetFreeBytes(folder) < LeastFreeBytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // What is wrong with the folder is told by who lists it.
            return false;
        }
    }

    private static LastLook MakeLook(FollowedLog before, FolderLook look, long now, List<AuditReadError> faults, bool isDiskFull)
    {
        var next = new LastLook
        {
            Looked = now,
            Mark = Math.Min(now, look.Changed),
            IsDiskFull = isDiskFull,
            Faults = [.. faults.Select(fault => new FileFault(fault.Place, fault.Reason)).Distinct().Take(FaultLimit)],
        };
        var isSame = Math.Abs(now - before.Look.Looked) < LookedEvery.Ticks
            && before.Look.Faults.SequenceEqual(next.Faults)
            && before.Look.IsDiskFull == isDiskFull;
        return isSame ? before.Look : next;
    }
}
