using System.Text.Json;
using System.Text.Json.Serialization;
using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What is done with a file that is known.</summary>
internal enum FileRole
{
    /// <summary>It has a name in the folder, and what is added to it is read.</summary>
    Followed,

    /// <summary>It has lost its name, but is open: what is added to it is read until nobody has written for a while.</summary>
    Nameless,

    /// <summary>Its content is that of another followed file: counted there, not here.</summary>
    Copy,

    /// <summary>It is gone, and that was dealt with; kept so that nothing counts again should it come back.</summary>
    Vanished,
}

/// <summary>How far one file was read, and how its content is known again.</summary>
internal sealed record Bookmark
{
    /// <summary>Where the file was last seen.</summary>
    public required string Path { get; init; }

    /// <summary>Which file it is.</summary>
    public required FileIdentity Identity { get; init; }

    public FileRole Role { get; init; }

    /// <summary>How many bytes are dealt with.</summary>
    public long Offset { get; init; }

    /// <summary>How many bytes the file had when last looked at.</summary>
    public long Size { get; init; }

    /// <summary>Ticks of its last write when last looked at.</summary>
    public long Written { get; init; }

    /// <summary>How many bytes at the beginning <see cref="Head"/> is of; never more than <see cref="Size"/>.</summary>
    public int HeadLength { get; init; }

    /// <summary>The fingerprint of the file's beginning.</summary>
    public string Head { get; init; } = "";

    /// <summary>The last line with a record that was dealt with; null where there was none.</summary>
    public LineMark? LastRecord { get; init; }

    /// <summary>
    /// The last record that was read before the file was found empty; null where it was not, or holds newer records by now. Whoever trims a log in
    /// place empties it first, and then writes the rest into it.
    /// </summary>
    public LineMark? Before { get; init; }

    /// <summary>Ticks of a record's time: only later ones count, since what stands here may be what was counted before. 0 where all count.</summary>
    public long CountedTo { get; init; }

    /// <summary>Whether its first record was whole when it was decided what the file is.</summary>
    public bool IsAdmitted { get; init; }

    /// <summary>Whether its name says that it was rotated away.</summary>
    public bool IsRotated { get; init; }

    /// <summary>Whether it was seen to have lost its name.</summary>
    public bool IsUnlinked { get; init; }

    /// <summary>Whether it was told that it ends in the middle of a record.</summary>
    public bool IsEndReported { get; init; }

    /// <summary>What holds for the text at the offset.</summary>
    public TextState Text { get; init; }

    /// <summary>The key of its row in the state file.</summary>
    [JsonIgnore]
    public string Key => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Identity.Device:x}:{Identity.Inode}:{Identity.Birth}");

    /// <summary>Whether there is something in it that was not dealt with.</summary>
    [JsonIgnore]
    public bool HasUnread => Offset < Size && Role is FileRole.Followed or FileRole.Nameless;

    /// <summary>Whether smbd's processes write to it under its name.</summary>
    [JsonIgnore]
    public bool IsInUse => Role == FileRole.Followed && !IsRotated;

    /// <summary>Whether a file that begins with <paramref name="head"/> begins as this one did.</summary>
    public bool BeginsLike(ReadOnlySpan<byte> head) => HeadLength <= head.Length && Fingerprint.Of(head[..HeadLength]) == Head;

    /// <summary>The bookmark with the fingerprint of the file's beginning.</summary>
    public Bookmark WithHead(ReadOnlySpan<byte> head) => this with { HeadLength = head.Length, Head = Fingerprint.Of(head) };

    /// <summary>Reads a stored one; null where the text is none.</summary>
    public static Bookmark? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, BookmarkJson.Default.Bookmark) is { } bookmark && bookmark.IsSound() ? bookmark : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override string ToString() => JsonSerializer.Serialize(this, BookmarkJson.Default.Bookmark);

    private bool IsSound() =>
        Path is { Length: > 0 }
        && Head is not null
        && Offset >= 0
        && HeadLength is >= 0 and <= Fingerprint.Length
        && HeadLength <= Size
        && LastRecord is null or { Hash: not null, Length: >= 0 and <= Fingerprint.Length, Start: >= 0 };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Bookmark))]
[JsonSerializable(typeof(LastLook))]
internal sealed partial class BookmarkJson : JsonSerializerContext;
