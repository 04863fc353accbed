using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>Which files a log has. Looks at all of them, or where changes are announced, at those that changed.</summary>
internal sealed class FileSet(ILogFileSystem fileSystem, OpenFiles openFiles, int openLimit)
{
    private readonly Dictionary<FileIdentity, ObservedFile> _files = [];
    private LogPattern? _pattern;
    private long _changed;

    /// <param name="pattern">Which names belong to the log.</param>
    /// <param name="log">How far it was read.</param>
    /// <param name="changedNames">The names in the folder that changed since the last look; null where any may have.</param>
    /// <exception cref="AuditSourceException">The folder may not be listed.</exception>
    public FolderLook Look(LogPattern pattern, FollowedLog log, IReadOnlySet<string>? changedNames)
    {
        openFiles.AdoptCaptured();
        var look = new Look(pattern, log, fileSystem, openFiles, openLimit);
        if (changedNames is null || _pattern != pattern)
        {
            look.ObserveAll();
        }
        else
        {
            look.ObserveChanged(changedNames, _files.Values, _changed);
        }

        _pattern = pattern;
        _changed = look.Changed;
        _files.Clear();
        foreach (var (identity, file) in look.Files)
        {
            _files[identity] = file;
        }

        openFiles.Trim(look.LastWrites());
        return new FolderLook([.. look.Files.Values], look.Faults, look.Changed, look.HasFolder);
    }
}
