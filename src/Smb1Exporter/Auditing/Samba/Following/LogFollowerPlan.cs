namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>One file as a look at the folder found it.</summary>
/// <param name="Path">Its path, or the last one where it has none any more.</param>
/// <param name="Status">Its status.</param>
/// <param name="Rotated">Whether its name says that it was rotated away.</param>
/// <param name="Named">Whether it was found by name; false where only our open handle still leads to it.</param>
/// <param name="Head">Its first bytes (up to <see cref="FileHead.Length"/>); null where it was not opened because nothing in it changed, or could not be.</param>
internal sealed record ObservedFile(string Path, FileStatus Status, bool Rotated, bool Named, byte[]? Head);

/// <summary>What is to be done with the files of a log: which to follow from where, and what was lost.</summary>
internal sealed record LogFollowerPlan(IReadOnlyList<FollowedFile> Files, IReadOnlyList<AuditGap> Gaps);

/// <summary>What a plan is made from.</summary>
/// <param name="Position">How far reading had come.</param>
/// <param name="FirstRun">Whether there was no usable position.</param>
/// <param name="NotBefore">What was last written before this is not read in a first run.</param>
/// <param name="Continuous">Whether this process itself made the last look, a moment ago.</param>
/// <param name="SeveralFiles">Whether the log is a file per client or the like.</param>
/// <param name="Observed">The files there are, each once.</param>
internal sealed record LogFollowerSituation(
    LogFollowerPosition Position,
    bool FirstRun,
    DateTimeOffset NotBefore,
    bool Continuous,
    bool SeveralFiles,
    IReadOnlyList<ObservedFile> Observed);
