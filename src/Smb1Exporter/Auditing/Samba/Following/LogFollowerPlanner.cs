using System.Globalization;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// Decides from what was read and what is there which file goes on where. Pure. Every byte belongs to one of: counted (below an offset), to be
/// read (above it), lost (a gap). A file is known by its identity, its content by the fingerprint of its beginning.
/// </summary>
internal sealed class LogFollowerPlanner
{
    /// <summary>How many files that vanished are remembered, in case they come back.</summary>
    internal const int VanishedLimit = 64;

    /// <summary>Times of last write are this coarse on some file systems.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    /// <summary>After this long without a write, at its end, a file holds nothing unread when it is removed.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromDays(1);

    private readonly LogFollowerSituation _situation;
    private readonly List<FollowedFile> _files = [];
    private readonly List<FollowedFile> _vanished = [];
    private readonly List<AuditGap> _gaps = [];
    private readonly List<Newcomer> _newcomers = [];
    private readonly List<Orphan> _orphans = [];
    private readonly Dictionary<FileIdentity, ObservedFile> _observed;

    private LogFollowerPlanner(LogFollowerSituation situation)
    {
        _situation = situation;
        _observed = situation.Observed.ToDictionary(observed => observed.Status.Identity);
    }

    /// <summary>Makes the plan.</summary>
    public static LogFollowerPlan Make(LogFollowerSituation situation)
    {
        var planner = new LogFollowerPlanner(situation);
        planner.MatchKnownFiles();
        planner.SettleOrphans();
        planner.AdmitNewcomers();
        planner.NoticeMissedRotation();
        return new LogFollowerPlan([.. planner._files, .. planner._vanished.OrderBy(file => file.Written).TakeLast(VanishedLimit)], planner._gaps);
    }

    /// <summary>A file whose content is not known: new, restarted after truncation, or not read at all yet.</summary>
    private sealed record Newcomer(ObservedFile Observed, FollowedFile? Known, bool Restarted);

    /// <summary>Consumed content whose file is not there any more, or holds something else now.</summary>
    private sealed record Orphan(FollowedFile File, ObservedFile? TruncatedTo);

    private void MatchKnownFiles()
    {
        var unmatched = _situation.Observed.ToDictionary(observed => observed.Status.Identity);
        var missing = new List<FollowedFile>();
        foreach (var file in _situation.Position.Files)
        {
            if (unmatched.Remove(file.Identity, out var observed))
            {
                Match(file, observed);
            }
            else
            {
                missing.Add(file);
            }
        }

        foreach (var file in missing)
        {
            // Device numbers may change when the machine starts anew.
            var moved = unmatched.Values.FirstOrDefault(observed =>
                observed.Path == file.Path && observed.Status.Identity with { Device = file.Identity.Device } == file.Identity);
            if (moved is not null)
            {
                unmatched.Remove(moved.Status.Identity);
                Match(file, moved);
            }
            else
            {
                _orphans.Add(new Orphan(file, null));
            }
        }

        _newcomers.AddRange(unmatched.Values.Select(observed => new Newcomer(observed, null, Restarted: false)));
    }

    private void Match(FollowedFile file, ObservedFile observed)
    {
        var size = observed.Status.Size;
        var here = file with
        {
            Path = observed.Path,
            Identity = observed.Status.Identity,
            Size = observed.Head is null ? file.Size : size,
            Written = observed.Head is null ? file.Written : observed.Status.LastWrite,
            Rotated = observed.Rotated,
            Flags = file.Flags & ~(FollowFlags.Vanished | FollowFlags.Gone),
        };
        var unknownHead = file is { HeadLength: 0, Offset: > 0 };
        if (observed.Head is { } head && (!FileHead.Matches(file, head) || (unknownHead && size < file.Offset)))
        {
            _orphans.Add(new Orphan(file, observed));
            _newcomers.Add(new Newcomer(observed, null, Restarted: true));
        }
        else if (observed.Head is not null && size < file.Offset)
        {
            AddGap(observed.Path, $"the file was cut from {Bytes(file.Offset)} read to {Bytes(size)}; what was added behind that and removed is lost");
            _files.Add(here with { Offset = size, Flags = here.Flags & ~(FollowFlags.Skipping | FollowFlags.AfterNuls) });
        }
        else if (file.Offset == 0 || (file.Is(FollowFlags.Copy) && size > file.Offset && observed.Head is not null))
        {
            if (size < file.Size)
            {
                AddGap(observed.Path, $"the file was cut from {Bytes(file.Size)} to {Bytes(size)} before it was read");
            }

            _newcomers.Add(new Newcomer(observed, here, Restarted: false));
        }
        else
        {
            _files.Add(here);
        }
    }

    /// <summary>Looks for the rest of content that left its file: logrotate's copytruncate, a move to another file system, a restored backup.</summary>
    private void SettleOrphans()
    {
        foreach (var orphan in _orphans.OrderBy(orphan => orphan.File.Is(FollowFlags.Copy | FollowFlags.Vanished)))
        {
            var file = orphan.File;
            if (file.HeadLength > 0 && FindCopyOf(file) is { } copy)
            {
                _newcomers.RemoveAll(newcomer => newcomer.Observed == copy);
                _files.RemoveAll(other => other.Identity == copy.Status.Identity);
                _files.Add(file with
                {
                    Path = copy.Path,
                    Identity = copy.Status.Identity,
                    Size = copy.Status.Size,
                    Written = copy.Status.LastWrite,
                    Rotated = copy.Rotated,
                    Flags = file.Flags & (FollowFlags.Skipping | FollowFlags.Foreign | FollowFlags.AfterNuls),
                });
                if (orphan.TruncatedTo is null && !file.Is(FollowFlags.Copy | FollowFlags.Vanished | FollowFlags.Gone))
                {
                    AddGap(file.Path, $"the file was removed while nobody looked; reading goes on in its copy {copy.Path}, "
                        + "but what was added to it after it was copied cannot be known");
                }
                else if (copy.Status.Size < file.Size && !file.Is(FollowFlags.Copy))
                {
                    AddGap(file.Path, $"of {Bytes(file.Size)} seen, {Bytes(file.Offset)} were read, and the copy {copy.Path} "
                        + $"has only {Bytes(copy.Status.Size)}");
                }
            }
            else if (file.Is(FollowFlags.Copy))
            {
                continue;
            }
            else if (file.Is(FollowFlags.Vanished | FollowFlags.Gone))
            {
                _vanished.Add(file with { Flags = file.Flags | FollowFlags.Vanished });
            }
            else if (orphan.TruncatedTo is { } truncated)
            {
                AddGap(truncated.Path, $"the file was truncated after {Bytes(file.Offset)} of it were read, and no copy of it is there; "
                    + "what was added between the last look and the truncation is lost");
            }
            else
            {
                ReportVanished(file);
                _vanished.Add(file with { Flags = file.Flags | FollowFlags.Vanished });
            }
        }
    }

    private ObservedFile? FindCopyOf(FollowedFile file) =>
        _newcomers.Where(newcomer => newcomer.Known is null || newcomer.Known.Is(FollowFlags.Copy) || newcomer.Known.Offset == 0)
            .Select(newcomer => newcomer.Observed)
            .Concat(_files.Where(other => other.Is(FollowFlags.Copy)).Select(other => _observed[other.Identity]))
            .Where(observed => observed.Head is not null && observed.Status.Size >= file.Offset && FileHead.Matches(file, observed.Head))
            .MaxBy(observed => observed.Status.Size);

    private void ReportVanished(FollowedFile file)
    {
        var atEnd = file.Offset == file.Size;
        var settled = atEnd && _situation.Position.Looked - file.Written > Settled.Ticks;
        if (settled && (_situation.Continuous || file.Rotated))
        {
            return;
        }

        // smbd keeps one .old: the next rotation puts its successor in its place. New connections open the log anew, so nothing came behind
        // what was read but further records of connections that were counted.
        const string Old = ".old";
        if (atEnd && file.Rotated && file.Path.EndsWith(Old, StringComparison.Ordinal) && _situation.Observed.Any(observed => observed.Named && observed.Path == file.Path))
        {
            return;
        }

        AddGap(file.Path, atEnd
            ? $"the file was removed while nobody looked; all {Bytes(file.Offset)} it had at the last look were read, what was added after that cannot be known"
            : $"the file was removed with {Bytes(file.Size - file.Offset)} unread");
    }

    private void AdmitNewcomers()
    {
        foreach (var newcomer in _newcomers.OrderByDescending(each => each.Observed.Status.Size).ThenBy(each => each.Observed.Rotated))
        {
            var status = newcomer.Observed.Status;
            var fresh = newcomer.Known ?? new FollowedFile
            {
                Path = newcomer.Observed.Path,
                Identity = status.Identity,
                Size = status.Size,
                Written = status.LastWrite,
                Rotated = newcomer.Observed.Rotated,
            };
            _files.Add(
                FindOriginalOf(newcomer) is { } original ? AsCopy(fresh, newcomer.Observed, original)
                : newcomer is { Known: null, Restarted: false } && IsOld(newcomer.Observed) ? AsRead(fresh, newcomer.Observed, status.Size)
                : WithHead(fresh, newcomer.Observed) with { Flags = fresh.Flags & ~FollowFlags.Copy });
        }
    }

    private ObservedFile? FindOriginalOf(Newcomer newcomer)
    {
        // Without a whole line nothing is read, so nothing need be decided; and the first line holds the time that makes it unique.
        if (newcomer.Observed.Head is not { } head || !head.AsSpan().Contains((byte)'\n'))
        {
            return null;
        }

        var original = _files.FirstOrDefault(file => !file.Is(FollowFlags.Copy) && IsOriginal(file, head));
        return original is null ? null : _observed[original.Identity];
    }

    private bool IsOriginal(FollowedFile file, byte[] head)
    {
        if (_observed[file.Identity].Head is not { } other)
        {
            return FileHead.Matches(file, head) && head.AsSpan(0, file.HeadLength).Contains((byte)'\n');
        }

        var common = Math.Min(head.Length, other.Length);
        return other.AsSpan(0, common).Contains((byte)'\n') && head.AsSpan(0, common).SequenceEqual(other.AsSpan(0, common));
    }

    /// <summary>What the original has is counted there; what the copy has beyond it was written to the copy.</summary>
    private static FollowedFile AsCopy(FollowedFile fresh, ObservedFile copy, ObservedFile original)
    {
        var counted = Math.Max(fresh.Offset, Math.Min(copy.Status.Size, original.Status.Size));
        var file = AsRead(fresh, copy, counted);
        return counted == copy.Status.Size ? file with { Flags = FollowFlags.Copy } : file;
    }

    private static FollowedFile AsRead(FollowedFile fresh, ObservedFile observed, long offset) =>
        WithHead(fresh, observed) with { Offset = offset, Flags = FollowFlags.None };

    private static FollowedFile WithHead(FollowedFile fresh, ObservedFile observed) =>
        observed.Head is null ? fresh : fresh with { HeadLength = observed.Head.Length, Head = FileHead.Of(observed.Head) };

    private bool IsOld(ObservedFile observed) =>
        _situation.FirstRun
            ? observed.Status.LastWrite < _situation.NotBefore.UtcTicks
            : (observed.Rotated || _situation.SeveralFiles) && observed.Status.LastWrite < _situation.Position.Mark - Slack.Ticks;

    /// <summary>
    /// smbd keeps one rotated file only (<c>max log size</c>: rename to .old). When our file was overwritten by a rotation, that rotated a file
    /// which was already there at that moment; if none that old is left, it was itself overwritten before we saw it.
    /// </summary>
    private void NoticeMissedRotation()
    {
        var known = _situation.Position.Files.Select(file => file.Identity).ToHashSet();
        for (var i = 0; i < _files.Count; i++)
        {
            var file = _files[i];
            var status = _observed[file.Identity].Status;
            if (status.Links > 0 || file.Is(FollowFlags.Unlinked))
            {
                continue;
            }

            _files[i] = file with { Flags = file.Flags | FollowFlags.Unlinked };
            var others = _situation.Observed
                .Where(other => other.Status.Identity != file.Identity && (other.Status.Links > 0 || other.Status.LastChange > status.LastChange))
                .ToList();
            if (!file.Is(FollowFlags.Copy)
                && others.TrueForAll(other => other.Status.Identity.Birth >= status.LastChange)
                && others.Exists(other => other is { Named: true, Rotated: true } && !known.Contains(other.Status.Identity)))
            {
                AddGap(file.Path, "the log was rotated several times between two looks, and a file in between was overwritten unread; "
                    + "raise \"max log size\" in smb.conf");
            }
        }
    }

    private void AddGap(string path, string detail) => _gaps.Add(new AuditGap(path, detail));

    private static string Bytes(long count) => string.Create(CultureInfo.InvariantCulture, $"{count} bytes");
}
