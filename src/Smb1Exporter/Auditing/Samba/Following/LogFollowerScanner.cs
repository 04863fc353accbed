namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What a look at the folder found.</summary>
/// <param name="Files">The files of the log, each once.</param>
/// <param name="Faults">Files that could not be looked at or opened.</param>
/// <param name="Changed">Ticks of the newest change the file system shows, by its own clock.</param>
internal sealed record LogFollowerScan(IReadOnlyList<ObservedFile> Files, IReadOnlyList<AuditReadError> Faults, long Changed);

/// <summary>Looks which files of a log there are, and opens those in which something may be new.</summary>
internal sealed class LogFollowerScanner(ILogFileSystem fileSystem, LogFollowerHandles handles, int openFiles)
{
    /// <exception cref="AuditSourceException">The folder may not be listed.</exception>
    public LogFollowerScan Look(LogFollowerPattern pattern, IReadOnlyList<FollowedFile> known)
    {
        var look = new Findings(known);
        handles.AdoptCaptured();
        var names = ListNames(pattern, look);
        foreach (var (path, rotated) in CandidatePaths(pattern, names, known))
        {
            Observe(path, rotated, pattern, look);
        }

        CompareShortFiles(look);
        OpenRecent(look);
        foreach (var open in handles.All.ToList())
        {
            ObserveNameless(open, look);
        }

        handles.Trim(look.LastWrites);
        return new LogFollowerScan([.. look.Files.Values], look.Faults, look.Changed);
    }

    private HashSet<string> ListNames(LogFollowerPattern pattern, Findings look)
    {
        try
        {
            look.Changed = fileSystem.GetStatus(pattern.Folder)?.LastChange ?? 0;
            return [.. fileSystem.ListNames(pattern.Folder).Where(pattern.Matches)];
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new AuditSourceException(
                ReadErrorReason.AccessDenied,
                $"The folder {pattern.Folder} of the Samba audit log may not be listed by this account. "
                + $"Give the account of this service the right to read and enter it (for example: setfacl -m u:ACCOUNT:rx {pattern.Folder}).",
                e);
        }
        catch (IOException e)
        {
            throw new AuditSourceException(ReadErrorReason.Io, $"The folder {pattern.Folder} of the Samba audit log cannot be listed: {e.Message}", e);
        }
    }

    /// <summary>Rotated files first: a copy is then seen before its original, and so is never longer than it.</summary>
    private static IEnumerable<(string Path, bool Rotated)> CandidatePaths(
        LogFollowerPattern pattern, HashSet<string> names, IReadOnlyList<FollowedFile> known)
    {
        var listed = names
            .Select(name => (Path: Path.Join(pattern.Folder, name), Rotated: pattern.IsRotated(name, names)))
            .OrderByDescending(candidate => candidate.Rotated)
            .ToList();
        var paths = listed.Select(candidate => candidate.Path).ToHashSet();
        return known.Where(file => !paths.Contains(file.Path)).Select(file => (file.Path, file.Rotated)).Concat(listed);
    }

    private void Observe(string path, bool rotated, LogFollowerPattern pattern, Findings look)
    {
        var listed = Path.GetDirectoryName(path) == pattern.Folder && pattern.Matches(Path.GetFileName(path));
        FileStatus? status = null;
        try
        {
            status = fileSystem.GetStatus(path);
            if (status is null && path.Contains('\ufffd'))
            {
                look.Faults.Add(new AuditReadError(ReadErrorReason.NotFound, path, "the file's name is not UTF-8; rename it"));
            }

            if (status is not { IsRegular: true } file)
            {
                if (status is not null && path == Path.Join(pattern.Folder, pattern.Name))
                {
                    look.Faults.Add(new AuditReadError(ReadErrorReason.NotFound, path, "the Samba audit log is not a regular file; let smb.conf name one"));
                }

                return;
            }

            // A path that is known but no longer part of the log counts only while the same file is there.
            if (listed || look.Known.ContainsKey(file.Identity))
            {
                Add(path, rotated, file, look);
            }
        }
        catch (UnauthorizedAccessException)
        {
            look.Faults.Add(new AuditReadError(
                ReadErrorReason.AccessDenied,
                path,
                $"the account of this service may not read the file; give it the right (for example: setfacl -m u:ACCOUNT:r {path})"));
            AddUnopened(path, rotated, status, look);
        }
        catch (FileNotFoundException)
        {
            // Renamed or removed since the folder was listed; by its handle or its new name it is met all the same.
        }
        catch (IOException e)
        {
            look.Faults.Add(new AuditReadError(ReadErrorReason.Io, path, $"the file cannot be opened: {e.Message}"));
            AddUnopened(path, rotated, status, look);
        }
    }

    private void Add(string path, bool rotated, FileStatus status, Findings look, bool open = false)
    {
        if (!open
            && look.Known.TryGetValue(status.Identity, out var file)
            && file.Offset == status.Size
            && file.Size == status.Size
            && file.Written == status.LastWrite
            && !file.Is(FollowFlags.Copy | FollowFlags.Vanished))
        {
            look.Add(new ObservedFile(path, status, rotated, Named: true, Head: null));
            return;
        }

        look.Add(Inspect(handles.Get(path, status.Identity), path, rotated, named: true));
        if (handles.All.Count > 2 * openFiles)
        {
            handles.Trim(look.LastWrites);
        }
    }

    /// <summary>
    /// A copy that is shorter than a fingerprint can be recognised only beside its original, so then all beginnings are read.
    /// </summary>
    private void CompareShortFiles(Findings look)
    {
        if (!look.Files.Values.Any(file => file.Head is { Length: > 0 and < FileHead.Length } && !look.IsBeingRead(file)))
        {
            return;
        }

        foreach (var file in look.Files.Values.Where(file => file.Head is null).ToList())
        {
            try
            {
                Add(file.Path, file.Rotated, file.Status, look, open: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Reported where it is to be read.
            }
        }
    }

    private static void AddUnopened(string path, bool rotated, FileStatus? status, Findings look)
    {
        if (status is { IsRegular: true } file)
        {
            look.Add(new ObservedFile(path, file, rotated, Named: true, Head: null));
        }
    }

    /// <summary>Keeps the recently written files open, also those with nothing new in them: the next rotation may remove them.</summary>
    private void OpenRecent(Findings look)
    {
        foreach (var file in look.Files.Values.OrderByDescending(file => file.Status.LastWrite).Take(openFiles).ToList())
        {
            try
            {
                handles.Get(file.Path, file.Status.Identity);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Reported when there is something to read.
            }
        }
    }

    private void ObserveNameless(LogFollowerHandles.OpenFile open, Findings look)
    {
        if (look.Files.ContainsKey(open.Identity))
        {
            return;
        }

        try
        {
            var rotated = !look.Known.TryGetValue(open.Identity, out var file) || file.Rotated;
            look.Add(Inspect(open, file?.Path ?? open.Path, rotated, named: false));
        }
        catch (IOException)
        {
            // Gone for good, for example with its mount: the planner sees it vanish.
            handles.Close(open.Identity);
        }
    }

    private ObservedFile Inspect(LogFollowerHandles.OpenFile open, string path, bool rotated, bool named)
    {
        var status = fileSystem.GetStatus(open.Handle);
        var head = new byte[Math.Min(FileHead.Length, status.Size)];
        var length = fileSystem.Read(open.Handle, head, 0);
        return new ObservedFile(path, status, rotated, named, head[..length]);
    }

    /// <summary>What one look has gathered so far.</summary>
    private sealed class Findings(IReadOnlyList<FollowedFile> known)
    {
        public Dictionary<FileIdentity, FollowedFile> Known { get; } = known.ToDictionary(file => file.Identity);

        public Dictionary<FileIdentity, ObservedFile> Files { get; } = [];

        public List<AuditReadError> Faults { get; } = [];

        public long Changed { get; set; }

        /// <summary>The last write of each file; what can be read through its handle only, and is not read yet, counts as the latest.</summary>
        public Dictionary<FileIdentity, long> LastWrites => Files.ToDictionary(
            file => file.Key,
            file => !file.Value.Named && Known.GetValueOrDefault(file.Key)?.Offset != file.Value.Status.Size
                ? long.MaxValue
                : file.Value.Status.LastWrite);

        public bool IsBeingRead(ObservedFile file) =>
            Known.TryGetValue(file.Status.Identity, out var known) && known.Offset > 0 && !known.Is(FollowFlags.Copy);

        public void Add(ObservedFile file)
        {
            // A file with two names: the later, which is not rotated, is the one its writers use.
            Files[file.Status.Identity] = file;
            Changed = Math.Max(Changed, file.Status.LastChange);
        }
    }
}
