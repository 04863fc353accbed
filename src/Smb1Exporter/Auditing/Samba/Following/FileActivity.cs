using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What this process itself saw of the files, by the monotonic clock: since when each is as it is, and whether reading moves on.</summary>
internal sealed class FileActivity(TimeProvider timeProvider, TimeSpan stalledAfter)
{
    /// <summary>A file that grew from each look to the next so often is written to all the time.</summary>
    private const int Busy = 10;

    private readonly Dictionary<FileIdentity, Seen> _seen = [];
    private long? _stalledSince;
    private long _unread;

    private sealed record Seen(long Size, long Since, long? WaitsAt, bool IsRead, int GrownInARow);

    /// <summary>Notes the size of a file.</summary>
    public void Note(Bookmark bookmark)
    {
        var known = _seen.GetValueOrDefault(bookmark.Identity);
        var since = known?.Size == bookmark.Size ? known.Since : timeProvider.GetTimestamp();
        _seen[bookmark.Identity] = new Seen(
            bookmark.Size, since, known?.WaitsAt, IsRead: false, known is null || known.Size == bookmark.Size ? 0 : known.GrownInARow + 1);
    }

    /// <summary>Notes that all of a file is read.</summary>
    public void NoteRead(Bookmark bookmark)
    {
        if (!bookmark.HasUnread && _seen.TryGetValue(bookmark.Identity, out var seen))
        {
            _seen[bookmark.Identity] = seen with { IsRead = true };
        }
    }

    /// <summary>For how long a file has had the size that it has.</summary>
    public TimeSpan UnchangedFor(Bookmark bookmark) =>
        _seen.TryGetValue(bookmark.Identity, out var seen) && seen.Size == bookmark.Size ? timeProvider.GetElapsedTime(seen.Since) : TimeSpan.Zero;

    /// <summary>Whether all of a file was read at the last look, and it is not one that is written to all the time.</summary>
    public bool WasQuiet(FileIdentity file) => _seen.TryGetValue(file, out var seen) && seen is { IsRead: true, GrownInARow: < Busy };

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
