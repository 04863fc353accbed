using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>One look at the folder of a log.</summary>
internal sealed class Look(LogPattern pattern, FollowedLog log, ILogFileSystem fileSystem, OpenFiles openFiles, int openLimit)
{
    public Dictionary<FileIdentity, ObservedFile> Files { get; } = [];

    public List<AuditReadError> Faults { get; } = [];

    /// <summary>Ticks of the newest change that the file system shows, by its own clock.</summary>
    public long Changed { get; private set; }

    public bool HasFolder { get; private set; } = true;

    /// <summary>Looks at every file.</summary>
    /// <exception cref="AuditSourceException">The folder may not be listed.</exception>
    public void ObserveAll()
    {
        var names = ListNames();
        foreach (var (path, isRotated) in CandidatePaths(names))
        {
            Observe(path, isRotated);
        }

        OpenRecent();
        ObserveNameless();
    }

    /// <summary>Takes what the last look found, but for what changed since.</summary>
    public void ObserveChanged(IReadOnlySet<string> names, IEnumerable<ObservedFile> before, long changedBefore)
    {
        Changed = changedBefore;
        var kept = before.Where(file => file.IsNamed && !names.Contains(Path.GetFileName(file.Path))).ToList();
        foreach (var file in kept)
        {
            Add(file with { IsChanged = false });
        }

        var all = kept.Select(file => Path.GetFileName(file.Path)).Concat(names.Where(pattern.Matches)).ToHashSet();
        foreach (var name in names.Where(pattern.Matches).OrderByDescending(name => pattern.IsRotated(name, all)))
        {
            Observe(Path.Join(pattern.Folder, name), pattern.IsRotated(name, all));
        }

        OpenRecent();
        ObserveNameless();
    }

    /// <summary>The last write of each file; what can be read through its handle only, and is not read yet, counts as the latest.</summary>
    public Dictionary<FileIdentity, long> LastWrites() => Files.ToDictionary(
        file => file.Key,
        file => !file.Value.IsNamed && log.Bookmarks.GetValueOrDefault(file.Key)?.Offset != file.Value.Status.Size
            ? long.MaxValue
            : file.Value.Status.LastWrite);

    private HashSet<string> ListNames()
    {
        try
        {
            Changed = fileSystem.GetStatus(pattern.Folder)?.LastChange ?? 0;
            return [.. fileSystem.ListNames(pattern.Folder).Where(pattern.Matches)];
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            HasFolder = false;
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
    private IEnumerable<(string Path, bool IsRotated)> CandidatePaths(HashSet<string> names)
    {
        var listed = names
            .Select(name => (Path: Path.Join(pattern.Folder, name), IsRotated: pattern.IsRotated(name, names)))
            .OrderByDescending(candidate => candidate.IsRotated)
            .ToList();
        var paths = listed.Select(candidate => candidate.Path).ToHashSet();
        return log.Bookmarks.Values.Where(file => !paths.Contains(file.Path)).Select(file => (file.Path, file.IsRotated)).Concat(listed);
    }

    private void Observe(string path, bool isRotated)
    {
        var isListed = Path.GetDirectoryName(path) == pattern.Folder && pattern.Matches(Path.GetFileName(path));
        FileStatus? status = null;
        try
        {
            status = fileSystem.GetStatus(path);
            if (status is null && path.Contains('\ufffd'))
            {
                Faults.Add(new AuditReadError(ReadErrorReason.NotFound, path, "the file's name is not UTF-8; rename it"));
            }

            if (status is not { Kind: FileKind.Regular } file)
            {
                if (status is not null && path == Path.Join(pattern.Folder, pattern.Name))
                {
                    Faults.Add(new AuditReadError(ReadErrorReason.NotFound, path, "the Samba audit log is not a regular file; let smb.conf name one"));
                }

                return;
            }

            // A path that is known but no longer part of the log counts only while the same file is there.
            if (isListed || log.Bookmarks.ContainsKey(file.Identity))
            {
                Observe(path, isRotated, file);
            }
        }
        catch (UnauthorizedAccessException)
        {
            Faults.Add(new AuditReadError(
                ReadErrorReason.AccessDenied,
                path,
                $"the account of this service may not read the file; give it the right (for example: setfacl -m u:ACCOUNT:r {path})"));
            AddUnopened(path, isRotated, status);
        }
        catch (FileNotFoundException)
        {
            // Renamed or removed since the folder was listed; by its handle or its new name it is met all the same.
        }
        catch (IOException e)
        {
            Faults.Add(new AuditReadError(ReadErrorReason.Io, path, $"the file cannot be opened: {e.Message}"));
            AddUnopened(path, isRotated, status);
        }
    }

    private void Observe(string path, bool isRotated, FileStatus status)
    {
        if (log.Bookmarks.TryGetValue(status.Identity, out var bookmark)
            && bookmark.Offset == status.Size
            && bookmark.Size == status.Size
            && bookmark.Written == status.LastWrite
            && bookmark.Role is FileRole.Followed)
        {
            Add(new ObservedFile(path, status, isRotated, IsNamed: true, IsChanged: false, new Lazy<ILogContent?>(() => Open(path, status))));
            return;
        }

        var open = openFiles.Get(path, status.Identity);
        var now = fileSystem.GetStatus(open.Handle);
        if (IsCompressed(open, now, path))
        {
            openFiles.Close(open.Identity);
            return;
        }

        Add(Observed(now, path, isRotated, isNamed: true));
        if (openFiles.All.Count > 2 * openLimit)
        {
            openFiles.Trim(LastWrites());
        }
    }

    private ObservedFile Observed(FileStatus status, string path, bool isRotated, bool isNamed) =>
        new(path, status, isRotated, isNamed, IsChanged: true, new Lazy<ILogContent?>(() => Open(path, status)));

    // One that is named so and still empty is being made.
    private bool IsCompressed(OpenFiles.OpenFile open, FileStatus status, string path) =>
        LogPattern.MayBeCompressed(Path.GetFileName(path))
        && new LogContent(fileSystem, open.Handle, status.Size).Head.Span is var head
        && (head.IsEmpty || CompressedContent.IsCompressed(head));

    private LogContent? Open(string path, FileStatus status)
    {
        try
        {
            var open = openFiles.Get(path, status.Identity);
            return open.Identity == status.Identity ? new LogContent(fileSystem, open.Handle, status.Size) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Reported where it is to be read.
            return null;
        }
    }

    private void AddUnopened(string path, bool isRotated, FileStatus? status)
    {
        if (status is { Kind: FileKind.Regular } file)
        {
            Add(new ObservedFile(path, file, isRotated, IsNamed: true, IsChanged: true, new Lazy<ILogContent?>(() => null)));
        }
    }

    /// <summary>Keeps the recently written files open, also those with nothing new in them: the next rotation may remove them.</summary>
    private void OpenRecent()
    {
        var recent = Files.Values.Count <= openLimit ? Files.Values : Files.Values.OrderByDescending(file => file.Status.LastWrite).Take(openLimit);
        foreach (var file in recent.ToList())
        {
            Open(file.Path, file.Status);
        }
    }

    private void ObserveNameless()
    {
        foreach (var open in openFiles.All.Where(open => !Files.ContainsKey(open.Identity)).ToList())
        {
            try
            {
                var bookmark = log.Bookmarks.GetValueOrDefault(open.Identity);
                var status = fileSystem.GetStatus(open.Handle);
                if (bookmark is null && IsCompressed(open, status, open.Path))
                {
                    openFiles.Close(open.Identity);
                    continue;
                }

                Add(Observed(status, bookmark?.Path ?? open.Path, bookmark?.IsRotated ?? true, isNamed: false));
            }
            catch (IOException)
            {
                // Gone for good, for example with its mount: it is seen to vanish.
                openFiles.Close(open.Identity);
            }
        }
    }

    private void Add(ObservedFile file)
    {
        // A file with two names: the later, which is not rotated, is the one its writers use.
        Files[file.Status.Identity] = file;
        Changed = Math.Max(Changed, file.Status.LastChange);
    }
}
