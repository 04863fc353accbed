using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What holds for a followed file beside its offset.</summary>
[Flags]
internal enum FollowFlags
{
    None = 0,

    /// <summary>The offset lies within an over-long line that is passed over to its end.</summary>
    Skipping = 1,

    /// <summary>The text at the offset stands under the header of another debug class.</summary>
    Foreign = 2,

    /// <summary>The offset lies behind NUL bytes at the beginning of a line; they were reported.</summary>
    AfterNuls = 4,

    /// <summary>The content is that of another followed file: counted there, not here.</summary>
    Copy = 8,

    /// <summary>The file has no name in its folder any more, but was read to its end through the open handle after it lost that.</summary>
    Gone = 16,

    /// <summary>The file was seen to have lost its name.</summary>
    Unlinked = 32,

    /// <summary>The record without an end that the file closes with was reported.</summary>
    IncompleteReported = 64,

    /// <summary>The file vanished and that was dealt with; kept so that nothing is counted again should it come back.</summary>
    Vanished = 128,
}

/// <summary>How far one file was read.</summary>
internal sealed record FollowedFile
{
    /// <summary>Where the file was last seen.</summary>
    public required string Path { get; init; }

    /// <summary>Which file it is.</summary>
    public required FileIdentity Identity { get; init; }

    /// <summary>How many bytes were consumed.</summary>
    public long Offset { get; init; }

    /// <summary>How many bytes the file had when last looked at.</summary>
    public long Size { get; init; }

    /// <summary>Ticks of its last write when last looked at.</summary>
    public long Written { get; init; }

    /// <summary>How many bytes at the beginning <see cref="Head"/> is of; never more than <see cref="Size"/>.</summary>
    public int HeadLength { get; init; }

    /// <summary>The fingerprint of the file's beginning, by which a truncated and rewritten file, or a copy, is recognised.</summary>
    public string Head { get; init; } = "";

    /// <summary>Whether its name says that it was rotated away.</summary>
    public bool Rotated { get; init; }

    public FollowFlags Flags { get; init; }

    public bool Is(FollowFlags flags) => (Flags & flags) != 0;
}

/// <summary>A file that could not be read, so that it is reported once and not at every look.</summary>
internal sealed record FollowFault(string Path, ReadErrorReason Reason);

/// <summary>How far an audit log was read: what <see cref="AuditBatch.Position"/> of the Samba source holds.</summary>
internal sealed record LogFollowerPosition
{
    private const int CurrentFormat = 1;

    /// <summary>The version of this format.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Ticks (UTC) of the last completed look at all files, by our clock; not renewed more than every half minute.</summary>
    public long Looked { get; init; }

    /// <summary>
    /// Ticks (UTC) of the newest change the file system showed at that look, by the file system's clock and never later than ours: a file
    /// unknown then and last written before was not part of the log.
    /// </summary>
    public long Mark { get; init; }

    public IReadOnlyList<FollowedFile> Files { get; init; } = [];

    public IReadOnlyList<FollowFault> Faults { get; init; } = [];

    public override string ToString() => JsonSerializer.Serialize(this, LogFollowerJson.Default.LogFollowerPosition);

    /// <summary>Reads a stored position; <paramref name="why"/> says what is wrong with it where that fails.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LogFollowerPosition? position, out string why)
    {
        position = null;
        try
        {
            position = JsonSerializer.Deserialize(text, LogFollowerJson.Default.LogFollowerPosition);
        }
        catch (JsonException)
        {
            why = "it is not the text this program stores";
            return false;
        }

        why = position switch
        {
            null => "it is empty",
            { Format: not CurrentFormat } => $"it has format {position.Format}, this program knows {CurrentFormat}",
            _ when !position.IsSound() => "its contents contradict each other",
            _ => "",
        };
        position = why.Length == 0 ? position : null;
        return position is not null;
    }

    private bool IsSound() =>
        Files is not null
        && Faults is not null
        && Faults.All(fault => fault?.Path is not null)
        && Files.All(file => file is { Path.Length: > 0, Head: not null, Offset: >= 0, HeadLength: >= 0 and <= FileHead.Length } && file.HeadLength <= file.Size)
        && Files.DistinctBy(file => file.Identity).Count() == Files.Count;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(LogFollowerPosition))]
internal sealed partial class LogFollowerJson : JsonSerializerContext;
