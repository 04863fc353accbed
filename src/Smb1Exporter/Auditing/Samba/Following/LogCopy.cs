namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>A file that holds content of a followed one: by copying it, or by putting an edited copy in its place.</summary>
/// <param name="Bookmark">The copy, with what the original has behind it.</param>
/// <param name="File">The copy as it was found.</param>
/// <param name="Original">The followed file.</param>
/// <param name="Source">The followed file as it was found.</param>
/// <param name="IsEdited">Whether the last line that was read of the original is not in the copy: then it is a part of it, or was edited.</param>
internal sealed record LogCopy(Bookmark Bookmark, ObservedFile File, Bookmark Original, ObservedFile Source, bool IsEdited)
{
    /// <summary>So many bytes at the beginning of a log hold the time of its first record, and are those of no other log.</summary>
    public const int TellingHead = 64;

    /// <summary>Whether it took the place of the log, so that it is the log now.</summary>
    public bool IsNewLog => !IsEdited && Original.LastRecord is not null && TookItsPlace(File, Original);

    /// <summary>Whether two files may be generations of one log, where there are several logs.</summary>
    public static bool AreRelated(string path, string other) =>
        path.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(path, StringComparison.Ordinal);

    /// <summary>Compares a file whose content is not known with a followed one; null where it holds nothing of that.</summary>
    /// <param name="fresh">The bookmark of the file, as it is without an original.</param>
    /// <param name="file">The file.</param>
    /// <param name="original">The followed file.</param>
    /// <param name="source">The followed file as it was found.</param>
    public static LogCopy? Match(Bookmark fresh, ObservedFile file, Bookmark original, ObservedFile source)
    {
        // Without a record nothing is read, so nothing need be decided.
        if (original.Role == FileRole.Copy
            || file is not { Content: { } content, FirstRecord: { } first }
            || source.Content is not { } whole
            || !(BeginAlike(content.Head.Span, whole.Head.Span) || (source.FirstRecord <= first && IsFoundIn(original, whole, content, first))))
        {
            return null;
        }

        if (original.LastRecord is not { } mark)
        {
            return new LogCopy(UpTo(content.CommonLength(0, whole, 0)), file, original, source, IsEdited: false);
        }

        if (content.FindBehind(mark) is { } behind)
        {
            return new LogCopy(UpTo(behind + content.CommonLength(behind, whole, mark.Behind)), file, original, source, IsEdited: false);
        }

        // A copy in the making is all the same as a part of its original; an edited one is so no more once something is added to it.
        var begin = content.FirstRecord ?? 0;
        var common = begin + content.CommonLength(begin, whole, whole.FindFirstRecordOf(content, 0) ?? 0);
        return new LogCopy(UpTo(common) with { CountedTo = Math.Max(mark.Time, fresh.CountedTo) }, file, original, source, IsEdited: true);

        Bookmark UpTo(long counted)
        {
            var offset = Math.Max(counted, fresh.Offset);
            return fresh with
            {
                Offset = offset,
                Role = offset == file.Status.Size && !TookItsPlace(file, original) ? FileRole.Copy : FileRole.Followed,
                LastRecord = content.LastRecordBefore(offset),
                Text = new TextState { Origin = original.Text.Origin },
            };
        }
    }

    /// <summary>All that was not read yet is read in the new log, where it stays, and not in the old one, which is only open.</summary>
    public (Bookmark Log, Bookmark Original) TakeOver()
    {
        var (mark, content, source) = (Original.LastRecord!, File.Content!, Source.Content!);
        var behind = content.FindBehind(mark) ?? Bookmark.Offset;
        var passed = mark.Behind + content.CommonLength(behind, source, mark.Behind);
        var log = Bookmark with
        {
            Offset = Math.Max(behind, Bookmark.Offset - (passed - mark.Behind)),
            Role = FileRole.Followed,
            LastRecord = content.LastRecordBefore(behind),
        };
        var original = passed <= Original.Offset ? Original : Original with
        {
            Offset = passed,
            LastRecord = source.LastRecordBefore(passed),
            Text = new TextState { Origin = Original.Text.Origin },
        };
        return (log, original);
    }

    private static bool TookItsPlace(ObservedFile file, Bookmark original) =>
        file is { IsNamed: true, IsRotated: false } && original.Role == FileRole.Nameless;

    private static bool BeginAlike(ReadOnlySpan<byte> head, ReadOnlySpan<byte> other)
    {
        var common = Math.Min(head.Length, other.Length);
        return (common >= TellingHead || other[..common].Contains((byte)'\n')) && head[..common].SequenceEqual(other[..common]);
    }

    /// <summary>Whether a file begins within another one, in what was read of it or is still to be read.</summary>
    private static bool IsFoundIn(Bookmark bookmark, ILogContent original, ILogContent content, DateTimeOffset first)
    {
        var isOlder = first.UtcTicks <= bookmark.LastRecord?.Time;
        return (isOlder && content.FindBehind(bookmark.LastRecord!) is not null)
            || ((isOlder || bookmark.HasUnread) && original.FindFirstRecordOf(content, isOlder ? 0 : bookmark.LastRecord?.Behind ?? 0) is not null);
    }
}
