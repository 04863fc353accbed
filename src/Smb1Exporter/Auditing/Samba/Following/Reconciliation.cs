using System.Globalization;
using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What is to be done with the files of a log: which to follow from where, and what was lost.</summary>
internal sealed record FollowPlan(IReadOnlyList<Bookmark> Bookmarks, IReadOnlyList<AuditGap> Gaps);

/// <summary>
/// Brings the bookmarks together with what is there. Every byte belongs to one of: counted (below an offset), to be read (above it), lost (a gap).
/// A file is known by its identity, its content by its beginning and by the last line with a record that was read (<see cref="LineMark"/>).
/// </summary>
/// <remarks>
/// <code>
/// the bookmark's file is     and the content is                            then
/// there                      the same                                      reading goes on
/// there                      the same, but shorter than what was read      a gap; reading goes on at its end
/// there                      another, with our last line (trimmed, edited) reading goes on behind that line
/// there, or not              another, our last line is in a new file       reading goes on there: a copy, or the log itself made anew
/// there                      another, our last line is nowhere             a gap, unless the log was quiet; reading begins at the start
/// not there                  (our last line is nowhere)                    a gap, unless it was settled long ago; it is remembered
///
/// a file without bookmark                                                  then
/// begins like a followed one, holds its last line, or begins in it         it is a copy: only what it has beyond the original is read
/// was written before the last look, or before the first run's time         it is not read
/// else                                                                     it is read from its start
/// </code>
/// What takes the place of lost content and begins with older records counts only from the last counted record on.
/// </remarks>
internal sealed class Reconciliation
{
    /// <summary>How many files that vanished are remembered, in case they come back.</summary>
    internal const int VanishedLimit = 64;

    /// <summary>Times of last write are this coarse on some file systems.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    /// <summary>After this long without a write, at its end, a file holds nothing unread when it is removed.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromDays(1);

    private readonly LookSituation _situation;
    private readonly Dictionary<FileIdentity, ObservedFile> _observed;
    private readonly Dictionary<FileIdentity, Bookmark> _bookmarks = [];
    private readonly List<Bookmark> _vanished = [];
    private readonly List<AuditGap> _gaps = [];
    private readonly Dictionary<FileIdentity, Newcomer> _newcomers = [];
    private readonly List<LostContent> _lost = [];

    private Reconciliation(LookSituation situation)
    {
        _situation = situation;
        _observed = situation.Files.ToDictionary(file => file.Status.Identity);
    }

    /// <exception cref="IOException">A file could not be looked into: nothing is decided.</exception>
    public static FollowPlan Make(LookSituation situation)
    {
        var reconciliation = new Reconciliation(situation);
        reconciliation.MatchKnownFiles();
        reconciliation.FindLostContent();
        reconciliation.AdmitNewcomers();
        reconciliation.NoticeMissedRotation();
        return new FollowPlan(
            [.. reconciliation._bookmarks.Values, .. reconciliation._vanished.OrderBy(file => file.Written).TakeLast(VanishedLimit)],
            reconciliation._gaps);
    }

    /// <summary>A file whose content is not known: new, or made anew, or not read at all yet.</summary>
    private sealed record Newcomer(ObservedFile File, Bookmark? Known, bool IsAnew, long CountedTo = 0)
    {
        /// <summary>See <see cref="Bookmark.Before"/>.</summary>
        public LineMark? Before { get; init; }
    }

    /// <summary>Content that was read, whose file is not there any more, or holds something else now.</summary>
    private sealed record LostContent(Bookmark Bookmark, ObservedFile? Successor);

    private void MatchKnownFiles()
    {
        var unknown = new Dictionary<FileIdentity, ObservedFile>(_observed);
        var missing = new List<Bookmark>();
        foreach (var bookmark in _situation.Log.Bookmarks.Values)
        {
            if (unknown.Remove(bookmark.Identity, out var file))
            {
                Match(bookmark, file);
            }
            else
            {
                missing.Add(bookmark);
            }
        }

        foreach (var bookmark in missing)
        {
            // Device numbers may change when the machine starts anew.
            var moved = unknown.Values.FirstOrDefault(file =>
                file.Path == bookmark.Path && file.Status.Identity with { Device = bookmark.Identity.Device } == bookmark.Identity);
            if (moved is not null && unknown.Remove(moved.Status.Identity))
            {
                Match(bookmark, moved);
            }
            else
            {
                _lost.Add(new LostContent(bookmark, null));
            }
        }

        foreach (var file in unknown.Values)
        {
            Add(new Newcomer(file, null, IsAnew: false));
        }
    }

    private void Match(Bookmark bookmark, ObservedFile file)
    {
        if (!file.IsChanged)
        {
            Follow(At(file, bookmark));
            return;
        }

        if (file.Content is not { } content)
        {
            Follow(bookmark with { Path = file.Path, Identity = file.Status.Identity, IsRotated = file.IsRotated });
            return;
        }

        var size = file.Status.Size;
        if (bookmark is { Before: { } before, LastRecord: null } && file.FirstRecord is { } first)
        {
            if (first.UtcTicks <= before.Time)
            {
                _lost.Add(new LostContent(bookmark with { LastRecord = before, Offset = before.Behind, Before = null }, file));
                Add(new Newcomer(file, null, IsAnew: true));
                return;
            }

            bookmark = bookmark with { Before = null };
        }

        var here = At(file, bookmark);
        if (!IsSameContent(bookmark, content, size))
        {
            _lost.Add(new LostContent(bookmark, file));
            Add(new Newcomer(file, null, IsAnew: true));
        }
        else if (bookmark is { Offset: 0, IsAdmitted: false } || (bookmark.Role == FileRole.Copy && size > bookmark.Offset))
        {
            if (size < bookmark.Size)
            {
                AddGap(file.Path, $"the file was cut from {Bytes(bookmark.Size)} to {Bytes(size)} before it was read");
            }

            Add(new Newcomer(file, here, IsAnew: false));
        }
        else if (size < bookmark.Offset)
        {
            AddGap(file.Path, $"the file was cut from {Bytes(bookmark.Offset)} read to {Bytes(size)}; what was added behind that and removed is lost");
            Follow(here with { Offset = size, Text = new TextState { Origin = here.Text.Origin } });
        }
        else
        {
            if (size < bookmark.Size && bookmark.Role != FileRole.Copy)
            {
                AddGap(file.Path, $"the file was cut from {Bytes(bookmark.Size)} to {Bytes(size)}, of which {Bytes(bookmark.Offset)} were read");
            }

            Follow(here);
        }
    }

    /// <summary>The same content as before, or a beginning of it that holds all records that were read.</summary>
    private static bool IsSameContent(Bookmark bookmark, ILogContent content, long size) =>
        bookmark.BeginsLike(content.Head.Span)
        && (bookmark.LastRecord is not { } mark || content.Holds(mark))
        && (bookmark is { HeadLength: > 0 } || size >= bookmark.Offset);

    private static Bookmark At(ObservedFile file, Bookmark bookmark) => bookmark with
    {
        Path = file.Path,
        Identity = file.Status.Identity,
        Size = file.Status.Size,
        Written = file.Status.LastWrite,
        IsRotated = file.IsRotated,
        Before = bookmark.LastRecord is null ? bookmark.Before : null,
        Role = bookmark.Role == FileRole.Copy ? FileRole.Copy : file.IsNamed ? FileRole.Followed : FileRole.Nameless,
    };

    /// <summary>Looks for the rest of content that left its file: copytruncate, an edited or trimmed log, a move to another file system, a restored backup.</summary>
    private void FindLostContent()
    {
        // What is known by a record is certain: it is found first, before something that only begins alike can take it.
        foreach (var lost in _lost.OrderBy(lost => lost.Bookmark.Role == FileRole.Vanished).ThenBy(lost => lost.Bookmark.LastRecord is null))
        {
            var bookmark = lost.Bookmark;
            if (bookmark.Role == FileRole.Copy)
            {
                continue;
            }

            if (FindContent(lost) is var (file, at) && file is not null && !IsSuperseded(bookmark))
            {
                GoOnIn(lost, file, at);
            }
            else if (bookmark.Role is FileRole.Vanished || (bookmark.Role is FileRole.Nameless && (!bookmark.HasUnread || bookmark.IsEndReported)))
            {
                _vanished.Add(bookmark with { Role = FileRole.Vanished });
            }
            else if (lost.Successor is { } successor)
            {
                BeginAnew(bookmark, successor);
            }
            else
            {
                ReportVanished(bookmark);
                _vanished.Add(bookmark with { Role = FileRole.Vanished });
                CountOnlyLater(bookmark, newcomer => newcomer.File.Path == bookmark.Path);
            }
        }
    }

    private (ObservedFile? File, long At) FindContent(LostContent lost)
    {
        var candidates = _newcomers.Values
            .Where(newcomer => newcomer is { Known: null or { Role: FileRole.Copy } or { Offset: 0 } })
            .Select(newcomer => newcomer.File)
            .Concat(_bookmarks.Values.Where(bookmark => bookmark.Role == FileRole.Copy).Select(bookmark => _observed[bookmark.Identity]))
            .OrderByDescending(file => file == lost.Successor)
            .ThenByDescending(file => file.Status.Size)
            .ThenBy(file => file.IsRotated);
        foreach (var file in candidates)
        {
            if (file.Content is null)
            {
                continue;
            }

            if (lost.Bookmark.LastRecord is { } mark)
            {
                if (file.FirstRecord?.UtcTicks <= mark.Time && file.Content.FindBehind(mark) is { } behind)
                {
                    return (file, behind);
                }
            }
            else if ((!_situation.HasSeveralLogs || LogCopy.AreRelated(lost.Bookmark.Path, file.Path))
                && lost.Bookmark.HeadLength >= (lost.Successor is null || lost.Successor == file ? LogCopy.TellingHead : 1)
                && file.Status.Size >= lost.Bookmark.Offset
                && lost.Bookmark.BeginsLike(file.Content.Head.Span))
            {
                return (file, lost.Bookmark.Offset);
            }
        }

        return (null, 0);
    }

    /// <summary>Whether a file that is followed has taken the place of one that has lost its name: then a new file with its content is a copy of that.</summary>
    private bool IsSuperseded(Bookmark bookmark) =>
        bookmark is { Role: FileRole.Nameless or FileRole.Vanished, LastRecord: { } mark }
        && _bookmarks.Values.Any(other => other.Role != FileRole.Copy && _observed[other.Identity].Content?.FindBehind(mark) is not null);

    private void GoOnIn(LostContent lost, ObservedFile file, long at)
    {
        var bookmark = lost.Bookmark;
        var behindMark = bookmark.LastRecord is { } mark ? bookmark.Offset - mark.Behind : 0;
        var moved = bookmark.LastRecord is { } last ? at - last.Behind : 0;
        _newcomers.Remove(file.Status.Identity);
        Follow(At(file, bookmark with { Role = FileRole.Followed }).WithHead(file.Content!.Head.Span) with
        {
            Offset = at,
            LastRecord = bookmark.LastRecord is { } line ? line with { Start = line.Start + moved, Behind = at } : null,
            Text = behindMark == 0 ? bookmark.Text : new TextState { Origin = bookmark.Text.Origin },
            IsEndReported = false,
        });
        var isIntact = file.Path == bookmark.Path && moved == 0 && file.Status.Size >= bookmark.Size;
        if (lost.Successor is null && !isIntact && bookmark.Role == FileRole.Followed)
        {
            AddGap(bookmark.Path, $"the file was removed while nobody looked; reading goes on in its copy {file.Path}, "
                + "but what was added to it after it was copied cannot be known");
        }
        else if (file.Status.Size - at < bookmark.Size - bookmark.Offset)
        {
            AddGap(bookmark.Path, $"{Bytes(bookmark.Size - bookmark.Offset)} of it were not read yet, and {file.Path} has only {Bytes(file.Status.Size - at)} of them");
        }
    }

    private void BeginAnew(Bookmark bookmark, ObservedFile file)
    {
        if (file.FirstRecord is null && _newcomers.TryGetValue(file.Status.Identity, out var empty))
        {
            _newcomers[file.Status.Identity] = empty with { Before = bookmark.LastRecord ?? bookmark.Before };
        }

        var isOlder = CountOnlyLater(bookmark, newcomer => newcomer.File == file);
        if (isOlder)
        {
            AddGap(file.Path, "the file was replaced or edited, and the last line that was read is not in it any more; what was added in between cannot be known");
        }
        else if (!_situation.WasQuiet(bookmark.Identity))
        {
            AddGap(file.Path, $"the file was truncated after {Bytes(bookmark.Offset)} of it were read, and no copy of it is there; "
                + "what was added between the last look and the truncation is lost");
        }
    }

    /// <summary>Lets newcomers that begin with older records than the last one that was read count from there on.</summary>
    private bool CountOnlyLater(Bookmark bookmark, Func<Newcomer, bool> applies)
    {
        var counted = Math.Max(bookmark.LastRecord?.Time ?? 0, bookmark.CountedTo);
        var older = _newcomers.Values.Where(newcomer => newcomer.File.FirstRecord?.UtcTicks <= counted && applies(newcomer)).ToList();
        foreach (var newcomer in older)
        {
            _newcomers[newcomer.File.Status.Identity] = newcomer with { CountedTo = counted };
        }

        return older.Count > 0;
    }

    private void ReportVanished(Bookmark file)
    {
        var isRead = file.Offset == file.Size;
        var isSettled = isRead && _situation.Log.Look.Looked - file.Written > Settled.Ticks;
        if (isSettled && (_situation.IsContinuous || file.IsRotated))
        {
            return;
        }

        // smbd keeps one .old: the next rotation puts its successor in its place. New connections open the log anew, so nothing came behind
        // what was read but further records of connections that were counted.
        const string Old = ".old";
        if (isRead && file.IsRotated && file.Path.EndsWith(Old, StringComparison.Ordinal)
            && _situation.Files.Any(other => other.IsNamed && other.Path == file.Path))
        {
            return;
        }

        AddGap(file.Path, isRead
            ? $"the file was removed while nobody looked; all {Bytes(file.Offset)} it had at the last look were read, what was added after that cannot be known"
            : $"the file was removed with {Bytes(file.Size - file.Offset)} unread");
    }

    private void AdmitNewcomers()
    {
        foreach (var newcomer in _newcomers.Values.OrderByDescending(each => each.File.Status.Size).ThenBy(each => each.File.IsRotated).ToList())
        {
            var file = newcomer.File;
            var fresh = newcomer.Known ?? new Bookmark
            {
                Path = file.Path,
                Identity = file.Status.Identity,
                Size = file.Status.Size,
                Written = file.Status.LastWrite,
                IsRotated = file.IsRotated,
                Role = file.IsNamed ? FileRole.Followed : FileRole.Nameless,
                CountedTo = newcomer.CountedTo,
                Before = newcomer.Before,
            };
            fresh = file.Content is not { } content ? fresh
                : fresh.WithHead(content.Head.Span) with { IsAdmitted = content.FirstRecord is not null };
            Follow(
                AsCopy(fresh, newcomer) is { } copy ? copy
                : newcomer is { Known: null, IsAnew: false } && IsOld(file) ? fresh with { Offset = file.Status.Size }
                : fresh with { Role = fresh.Role == FileRole.Copy ? FileRole.Followed : fresh.Role });
        }
    }

    /// <summary>
    /// What the original has is counted there; what the copy has beyond it was written to the copy. Of several originals, copies of each other, the one
    /// counts of which most is in the copy.
    /// </summary>
    private Bookmark? AsCopy(Bookmark fresh, Newcomer newcomer)
    {
        var copies = _bookmarks.Values
            .Where(bookmark => !_situation.HasSeveralLogs || LogCopy.AreRelated(bookmark.Path, newcomer.File.Path))
            .Select(bookmark => LogCopy.Match(fresh, newcomer.File, bookmark, _observed[bookmark.Identity]))
            .OfType<LogCopy>()
            .ToList();
        if (copies.Count == 0)
        {
            return null;
        }

        var copy = copies.MaxBy(copy => copy.Bookmark.Offset)!;
        if (copy.IsNewLog)
        {
            var (log, original) = copy.TakeOver();
            Follow(original);
            return log;
        }

        if (copy is { IsEdited: true, Bookmark.Role: FileRole.Followed } && newcomer.File is { IsNamed: true, IsRotated: false })
        {
            AddGap(
                copy.Bookmark.Path,
                "the file was replaced by an edited copy without the last line that was read; what was added in between cannot be known");
        }

        return copy.Bookmark;
    }

    private bool IsOld(ObservedFile file) =>
        _situation.IsFirstRun
            ? file.Status.LastWrite < _situation.NotBefore.UtcTicks
            : (file.IsRotated || _situation.HasSeveralLogs) && file.Status.LastWrite < _situation.Log.Look.Mark - Slack.Ticks;

    /// <summary>
    /// smbd keeps one rotated file only (<c>max log size</c>: rename to .old). When our file was overwritten by a rotation, that rotated a file
    /// which was already there at that moment; if none that old is left, it was itself overwritten before we saw it.
    /// </summary>
    private void NoticeMissedRotation()
    {
        foreach (var bookmark in _bookmarks.Values.Where(bookmark => !bookmark.IsUnlinked).ToList())
        {
            var status = _observed[bookmark.Identity].Status;
            if (status.Links > 0)
            {
                continue;
            }

            Follow(bookmark with { IsUnlinked = true });
            var others = _situation.Files
                .Where(other => other.Status.Identity != bookmark.Identity && (other.Status.Links > 0 || other.Status.LastChange > status.LastChange))
                .ToList();
            if (bookmark.Role != FileRole.Copy
                && others.TrueForAll(other => other.Status.Identity.Birth >= status.LastChange)
                && others.Exists(other =>
                    other is { IsNamed: true, IsRotated: true } && !_situation.Log.Bookmarks.ContainsKey(other.Status.Identity)))
            {
                AddGap(bookmark.Path, "the log was rotated several times between two looks, and a file in between was overwritten unread; "
                    + "raise \"max log size\" in smb.conf");
            }
        }
    }

    private void Follow(Bookmark bookmark) => _bookmarks[bookmark.Identity] = bookmark;

    private void Add(Newcomer newcomer) => _newcomers[newcomer.File.Status.Identity] = newcomer;

    private void AddGap(string path, string detail) => _gaps.Add(new AuditGap(path, detail));

    private static string Bytes(long count) => string.Create(CultureInfo.InvariantCulture, $"{count} bytes");
}
