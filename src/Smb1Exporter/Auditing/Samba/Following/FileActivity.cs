namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What this process itself saw of the files, by the monotonic clock: since when each is as it is, and whether reading moves on.</summary>
internal sealed class FileActivity(TimeProvider timeProvider, TimeSpan stalledAfter)
{
    /// <summary>Nobody writes to a file that has been as it is for so long.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<FileIdentity, Seen> _seen = [];
    private long? _stalledSince;
    private long _unread;

    private sealed record Seen(long Size, long Since, long? WaitsAt, bool WasQuiet);

    /// <summary>Notes the size of a file.</summary>
    public void Note(Bookmark bookmark)
    {
        var known = _seen.GetValueOrDefault(bookmark.Identity);
        var since = known?.Size == bookmark.Size ? known.Since : timeProvider.GetTimestamp();
        _seen[bookmark.Identity] = new Seen(
            bookmark.Size, since, known?.WaitsAt, bookmark.Offset == bookmark.Size && timeProvider.GetElapsedTime(since) >= Quiet);
    }

    /// <summary>For how long a file has had the size that it has.</summary>
    public TimeSpan UnchangedFor(Bookmark bookmark) =>
        _seen.TryGetValue(bookmark.Identity, out var seen) && seen.Size == bookmark.Size ? timeProvider.GetElapsedTime(seen.Since) : TimeSpan.Zero;

    /// <summary>Whether nobody had written for a while when the file was last looked at, and all of it was read.</summary>
    public bool WasQuiet(FileIdentity file) => _seen.TryGetValue(file, out var seen) && seen.WasQuiet;

    /// <summary>Notes that a file ends in a line without its end, which is read again when the file has grown.</summary>
    public void Wait(Bookmark? bookmark)
    {
        if (bookmark is not null && _seen.TryGetValue(bookmark.Identity, out var seen))
        {
            _seen[bookmark.Identity] = seen with { WaitsAt = bookmark.Size };
        }
    }

    /// <summary>Whether all that a file has to read is a line without its end.</summary>
    public bool IsWaiting(Bookmark bookmark) => _seen.TryGetValue(bookmark.Identity, out var seen) && seen.WaitsAt == bookmark.Size;

    public void ForgetAllBut(IReadOnlyCollection<FileIdentity> files)
    {
        if (_seen.Count > files.Count)
        {
            foreach (var identity in _seen.Keys.Except(files).ToList())
            {
                _seen.Remove(identity);
            }
        }
    }

    /// <summary>What stands still although there is something to read, as a sentence; null where all goes on.</summary>
    public string? FindStall(IReadOnlyList<Bookmark> bookmarks)
    {
        var waiting = bookmarks.Where(bookmark => bookmark.HasUnread && !IsWaiting(bookmark)).ToList();
        var unread = waiting.Sum(bookmark => bookmark.Size - bookmark.Offset);
        if (unread == 0 || unread != _unread)
        {
            _stalledSince = unread == 0 ? null : timeProvider.GetTimestamp();
            _unread = unread;
            return null;
        }

        return _stalledSince is { } since && timeProvider.GetElapsedTime(since) is var stalled && stalled >= stalledAfter
            ? $"Reading {waiting[0].Path} has stood still behind byte {waiting[0].Offset} for {stalled.TotalSeconds:0} s although there are {unread} bytes to read. "
                + "Restart smb1-exporter; if that does not help, move the file away and report this."
            : null;
    }
}
