namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// Follows a log through rotation, truncation and restarts: looks which files there are, lets the planner decide, reads a bounded amount.
/// Everything it decides is in the position it returns, so that it is stored together with what was read, or not at all.
/// </summary>
internal sealed class LogFollower : IDisposable
{
    private const int FaultLimit = 1000;

    /// <summary>How old the stored time of the last look may be: a position that changes at every look would be written at every look.</summary>
    private static readonly TimeSpan LookedEvery = TimeSpan.FromSeconds(30);

    private readonly ILogFileSystem _fileSystem;
    private readonly TimeProvider _timeProvider;
    private readonly LogFollowerLimits _limits;
    private readonly LogFollowerHandles _handles;
    private readonly LogFollowerScanner _scanner;
    private readonly LogFollowerReader _reader;
    private readonly Dictionary<FileIdentity, (long Size, long Since)> _unchanged = [];
    private long? _lastLook;

    public LogFollower(ILogFileSystem fileSystem, LogLineParser parse, TimeProvider timeProvider, LogFollowerLimits limits)
    {
        _fileSystem = fileSystem;
        _timeProvider = timeProvider;
        _limits = limits;
        _handles = new LogFollowerHandles(fileSystem, limits.OpenFiles);
        _scanner = new LogFollowerScanner(fileSystem, _handles, limits.OpenFiles);
        _reader = new LogFollowerReader(fileSystem, parse, limits);
    }

    /// <summary>Opens a file that just appeared; may be called from any thread.</summary>
    public void Capture(string path) => _handles.Capture(path);

    /// <inheritdoc cref="IAuditSource.Read"/>
    public AuditBatch Read(LogFollowerPattern pattern, AuditStart start, CancellationToken cancellationToken)
    {
        var gaps = new List<AuditGap>();
        var position = Resume(pattern, start, gaps);
        var now = _timeProvider.GetUtcNow().UtcTicks;
        var (scan, plan) = Plan(pattern, position, start);
        gaps.AddRange(plan.Gaps);
        var batch = new LogFollowerBatch(_limits);
        var faults = new List<AuditReadError>(scan.Faults);
        var (files, caughtUp) = ReadFiles(plan.Files, scan, batch, faults, cancellationToken);
        var errors = faults.Take(FaultLimit).Where(fault => !(position?.Faults ?? []).Contains(new FollowFault(fault.Place, fault.Reason)));
        var isQuiet = batch.Records.Count == 0 && batch.Errors.Count == 0 && gaps.Count == 0 && caughtUp;
        if (isQuiet)
        {
            RefuseWithoutLog(pattern, scan);
        }

        var next = MakePosition(position, scan, now, files, faults);
        return new AuditBatch(batch.Records, [.. batch.Errors, .. errors], gaps, next.ToString(), caughtUp)
        {
            StartedOver = start.Position is not null && position is null,
        };
    }

    public void Dispose() => _handles.Dispose();

    private static LogFollowerPosition? Resume(LogFollowerPattern pattern, AuditStart start, List<AuditGap> gaps)
    {
        if (start.Position is null)
        {
            return null;
        }

        if (!LogFollowerPosition.TryParse(start.Position, out var position, out var why))
        {
            gaps.Add(new AuditGap(pattern.Text, $"the stored position cannot be used ({why}); reading starts over as on a first run"));
        }

        return position;
    }

    private (LogFollowerScan Scan, LogFollowerPlan Plan) Plan(LogFollowerPattern pattern, LogFollowerPosition? position, AuditStart start)
    {
        var continuous = _lastLook is { } last && _timeProvider.GetElapsedTime(last) < LookedEvery;
        _lastLook = _timeProvider.GetTimestamp();
        var result = PlanOnce();

        // A rename, or a copy and a truncation, in the middle of a look reads like a loss; a second look tells.
        return result.Plan.Gaps.Count == 0 ? result : PlanOnce();

        (LogFollowerScan Scan, LogFollowerPlan Plan) PlanOnce()
        {
            var scan = _scanner.Look(pattern, position?.Files ?? []);
            var situation = new LogFollowerSituation(
                position ?? new LogFollowerPosition(), position is null, start.NotBefore, continuous, pattern.SeveralFiles, scan.Files);
            return (scan, LogFollowerPlanner.Make(situation));
        }
    }

    /// <summary>Says so when there is nothing left to read and the log, or every file of it that is in use, cannot be read.</summary>
    private static void RefuseWithoutLog(LogFollowerPattern pattern, LogFollowerScan scan)
    {
        var inUse = scan.Files.Where(file => file is { Named: true, Rotated: false }).ToList();
        var fault = scan.Faults.FirstOrDefault(fault => inUse.Count == 0 || inUse.Exists(file => file.Path == fault.Place));
        if (fault is not null && inUse.TrueForAll(file => scan.Faults.Any(other => other.Place == file.Path)))
        {
            throw new AuditSourceException(fault.Reason, $"The Samba audit log {fault.Place} cannot be read: {fault.Detail}.");
        }

        if (scan.Files.Count == 0)
        {
            throw new AuditSourceException(
                ReadErrorReason.NotFound,
                $"The Samba audit log {pattern.Text} is not there. smbd creates it with its first record; if clients connect and it stays away, "
                + "check that \"log level\" in smb.conf holds auth_json_audit:5@FILE with this file and that its folder exists, "
                + "or set Exporter:Samba:AuditLog to the file in use.");
        }
    }

    private (List<FollowedFile> Files, bool CaughtUp) ReadFiles(
        IReadOnlyList<FollowedFile> planned, LogFollowerScan scan, LogFollowerBatch batch, List<AuditReadError> faults, CancellationToken cancellationToken)
    {
        var observed = scan.Files.ToDictionary(file => file.Status.Identity);
        var primaryThere = scan.Files.Any(file => file is { Named: true, Rotated: false });
        var caughtUp = true;
        var result = new List<FollowedFile>(planned.Count);
        foreach (var file in planned.OrderBy(file => file.Written).ThenBy(file => !file.Rotated))
        {
            if (!observed.TryGetValue(file.Identity, out var seen) || file.Is(FollowFlags.Vanished))
            {
                result.Add(file);
                continue;
            }

            var (read, done) = ReadFile(file, seen, batch, faults, cancellationToken);
            caughtUp &= done;
            result.Add(Retire(read, seen, primaryThere));
        }

        foreach (var identity in _unchanged.Keys.Where(identity => !observed.ContainsKey(identity)).ToList())
        {
            _unchanged.Remove(identity);
        }

        return (result, caughtUp);
    }

    private (FollowedFile File, bool Done) ReadFile(
        FollowedFile file, ObservedFile seen, LogFollowerBatch batch, List<AuditReadError> faults, CancellationToken cancellationToken)
    {
        if (file.Offset >= file.Size || seen.Head is null)
        {
            return (file, true);
        }

        if (batch.IsFull)
        {
            return (file, false);
        }

        try
        {
            var open = _handles.Get(seen.Path, file.Identity);
            if (open.Identity != file.Identity)
            {
                return (file, false);
            }

            if (_reader.Read(open.Handle, file, file.Size, batch, cancellationToken) is not { } read)
            {
                return (file, false);
            }

            if (batch.IsFull)
            {
                return (read, read.Offset == read.Size);
            }

            return NeedsRest(read, seen) && _reader.ReadRest(open.Handle, read, batch) is { } rest ? (rest, true) : (read, true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(new AuditReadError(ReadErrorReason.Io, file.Path, $"the file cannot be read behind byte {file.Offset}: {e.Message}"));
            return (file, true);
        }
    }

    /// <summary>Whether the last line of a file lacks its end and will not get it: the file was rotated away and has not grown for a while.</summary>
    private bool NeedsRest(FollowedFile file, ObservedFile seen) =>
        (seen.Rotated || !seen.Named)
        && file.Offset < file.Size
        && !file.Is(FollowFlags.IncompleteReported | FollowFlags.Skipping)
        && UnchangedFor(file) >= _limits.IncompleteAfter;

    /// <summary>Lets go of a file that lost its name once nobody writes to it any more.</summary>
    private FollowedFile Retire(FollowedFile file, ObservedFile seen, bool primaryThere)
    {
        if (seen.Named || (file.Offset < file.Size && !file.Is(FollowFlags.IncompleteReported | FollowFlags.Skipping)))
        {
            return file;
        }

        // While the log itself is missing, smbd may well go on writing into the file that was removed.
        if (!primaryThere || UnchangedFor(file) < _limits.NamelessFor)
        {
            return file with { Flags = file.Flags | FollowFlags.Gone };
        }

        _handles.Close(file.Identity);
        return file with { Flags = file.Flags | FollowFlags.Gone | FollowFlags.Vanished };
    }

    private TimeSpan UnchangedFor(FollowedFile file)
    {
        if (!_unchanged.TryGetValue(file.Identity, out var known) || known.Size != file.Size)
        {
            known = (file.Size, _timeProvider.GetTimestamp());
            _unchanged[file.Identity] = known;
        }

        return _timeProvider.GetElapsedTime(known.Since);
    }

    private static LogFollowerPosition MakePosition(
        LogFollowerPosition? before, LogFollowerScan scan, long now, List<FollowedFile> files, List<AuditReadError> faults)
    {
        var next = new LogFollowerPosition
        {
            Looked = now,
            Mark = Math.Min(now, scan.Changed),
            Files = files,
            Faults = [.. faults.Select(fault => new FollowFault(fault.Place, fault.Reason)).Distinct().Take(FaultLimit)],
        };
        var same = before is not null
            && Math.Abs(now - before.Looked) < LookedEvery.Ticks
            && before.Files.SequenceEqual(next.Files)
            && before.Faults.SequenceEqual(next.Faults);
        return same ? before! : next;
    }
}
