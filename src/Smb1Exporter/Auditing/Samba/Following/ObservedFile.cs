using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>One file as a look at the folder found it.</summary>
/// <param name="Path">Its path, or the last one where it has none any more.</param>
/// <param name="Status">Its status.</param>
/// <param name="IsRotated">Whether its name says that it was rotated away.</param>
/// <param name="IsNamed">Whether it was found by name; false where only our open handle still leads to it.</param>
/// <param name="IsChanged">Whether something in it may be other than its bookmark says.</param>
/// <param name="Opened">What is in it, once somebody asks; null where it cannot be opened.</param>
internal sealed record ObservedFile(string Path, FileStatus Status, bool IsRotated, bool IsNamed, bool IsChanged, Lazy<ILogContent?> Opened)
{
    private DateTimeOffset? _firstRecord;

    /// <summary>What is in it; null where it cannot be opened.</summary>
    public ILogContent? Content => Opened.Value;

    /// <summary>The time of its first record; null where there is none yet.</summary>
    public DateTimeOffset? FirstRecord => _firstRecord ??= Content is null ? null : RecordFields.FirstTimeIn(Content.Head.Span);
}

/// <summary>What a look at the folder found.</summary>
/// <param name="Files">The files of the log, each once.</param>
/// <param name="Faults">Files that could not be looked at or opened.</param>
/// <param name="Changed">Ticks of the newest change that the file system shows, by its own clock.</param>
/// <param name="HasFolder">Whether the folder is there.</param>
internal sealed record FolderLook(IReadOnlyList<ObservedFile> Files, IReadOnlyList<AuditReadError> Faults, long Changed, bool HasFolder);

/// <summary>What is known when a look is reconciled with the bookmarks.</summary>
/// <param name="Log">How far reading had come.</param>
/// <param name="IsFirstRun">Whether there was no usable position.</param>
/// <param name="NotBefore">What was last written before this is not read in a first run.</param>
/// <param name="IsContinuous">Whether this process itself made the last look, a moment ago.</param>
/// <param name="HasSeveralLogs">Whether the log is a file for each client or the like.</param>
/// <param name="WasQuiet">Whether all of a file was read a moment ago, and it is not one that is written to all the time.</param>
/// <param name="Files">The files that are there.</param>
internal sealed record LookSituation(
    FollowedLog Log,
    bool IsFirstRun,
    DateTimeOffset NotBefore,
    bool IsContinuous,
    bool HasSeveralLogs,
    Func<FileIdentity, bool> WasQuiet,
    IReadOnlyList<ObservedFile> Files);
