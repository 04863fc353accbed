using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>A file that could not be read, so that it is reported once and not at every look.</summary>
internal sealed record FileFault(string Path, ReadErrorReason Reason);

/// <summary>When and at what the folder was last looked.</summary>
internal sealed record LastLook
{
    /// <summary>Ticks (UTC) of it, by our clock; not renewed more than every half minute.</summary>
    public long Looked { get; init; }

    /// <summary>
    /// Ticks (UTC) of the newest change that the file system showed then, by the file system's clock and never later than ours: a file unknown then
    /// and last written before was not part of the log.
    /// </summary>
    public long Mark { get; init; }

    /// <summary>Whether the disk of the log was full, which was reported.</summary>
    public bool IsDiskFull { get; init; }

    public IReadOnlyList<FileFault> Faults { get; init; } = [];
}

/// <summary>How far an audit log was read: a bookmark for each of its files. Immutable; what of it is stored, its rows say.</summary>
internal sealed class FollowedLog
{
    private const string LookKey = "look";

    public static readonly FollowedLog Empty = new(
        new LastLook(), ImmutableDictionary<FileIdentity, Bookmark>.Empty, new AuditPosition(ImmutableDictionary.Create<string, string>(StringComparer.Ordinal)));

    private FollowedLog(LastLook look, ImmutableDictionary<FileIdentity, Bookmark> bookmarks, AuditPosition stored)
    {
        Look = look;
        Bookmarks = bookmarks;
        Stored = stored;
    }

    public LastLook Look { get; }

    public ImmutableDictionary<FileIdentity, Bookmark> Bookmarks { get; }

    /// <summary>The rows that say all this.</summary>
    public AuditPosition Stored { get; }

    /// <summary>Reads stored rows; <paramref name="why"/> says what is wrong with them where that fails.</summary>
    public static bool TryParse(AuditPosition stored, [NotNullWhen(true)] out FollowedLog? log, out string why)
    {
        log = null;
        why = "";
        LastLook? look = null;
        var bookmarks = ImmutableDictionary.CreateBuilder<FileIdentity, Bookmark>();
        foreach (var (key, text) in stored.Rows)
        {
            if (key == LookKey)
            {
                look = ParseLook(text);
            }
            else if (Bookmark.Parse(text) is not { } bookmark || bookmark.Key != key || !bookmarks.TryAdd(bookmark.Identity, bookmark))
            {
                why = $"the row {Excerpt.Of(key)} is not what this program stores";
                return false;
            }
        }

        if (look is null)
        {
            why = "it is not what this program stores";
            return false;
        }

        log = new FollowedLog(look, bookmarks.ToImmutable(), stored);
        return true;
    }

    /// <summary>The log after another look.</summary>
    /// <param name="look">The look.</param>
    /// <param name="bookmarks">All files that are known now.</param>
    /// <param name="isOtherSet">Whether it differs in more than how far files were read.</param>
    public FollowedLog With(LastLook look, IEnumerable<Bookmark> bookmarks, out bool isOtherSet)
    {
        var next = bookmarks.ToDictionary(bookmark => bookmark.Identity);
        var known = Bookmarks.ToBuilder();
        var rows = Stored.Rows.ToBuilder();
        isOtherSet = Stored.Rows.IsEmpty || !look.Faults.SequenceEqual(Look.Faults) || look.IsDiskFull != Look.IsDiskFull;
        foreach (var identity in Bookmarks.Keys.Where(identity => !next.ContainsKey(identity)))
        {
            rows.Remove(Bookmarks[identity].Key);
            known.Remove(identity);
            isOtherSet = true;
        }

        foreach (var (identity, bookmark) in next)
        {
            var before = Bookmarks.GetValueOrDefault(identity);
            if (before == bookmark)
            {
                continue;
            }

            isOtherSet |= before is null || before.Role != bookmark.Role || before.Path != bookmark.Path;
            known[identity] = bookmark;
            rows[bookmark.Key] = bookmark.ToString();
        }

        if (look != Look || isOtherSet)
        {
            rows[LookKey] = JsonSerializer.Serialize(look, BookmarkJson.Default.LastLook);
        }

        var stored = rows.ToImmutable();
        return stored == Stored.Rows ? this : new FollowedLog(look, known.ToImmutable(), new AuditPosition(stored));
    }

    private static LastLook? ParseLook(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, BookmarkJson.Default.LastLook) is { Faults: not null } look && look.Faults.All(fault => fault?.Path is not null)
                ? look
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
