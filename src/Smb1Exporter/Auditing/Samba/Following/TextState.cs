namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What the rest of a line belongs to that was left in its middle.</summary>
internal enum LineRest : byte
{
    /// <summary>No line was left in its middle.</summary>
    None,

    /// <summary>To a record that was dealt with: another record may begin in it, where the first one's writer died.</summary>
    Record,

    /// <summary>To other text: nothing in it counts.</summary>
    Text,
}

/// <summary>What holds for the text at a place in a log because of what stands before it.</summary>
internal readonly record struct TextState
{
    /// <summary>Whose text it is.</summary>
    public TextOrigin Origin { get; init; }

    /// <summary>Whether some of a message of <see cref="TextOrigin.Doubtful"/> was read behind its header: before that, no client can have written a record.</summary>
    public bool HasText { get; init; }

    /// <summary>How many brackets stand open in a message of <see cref="TextOrigin.Doubtful"/>: within them smbd writes what clients send.</summary>
    public byte OpenBrackets { get; init; }

    /// <summary>What the rest of its line belongs to.</summary>
    public LineRest Rest { get; init; }

    /// <summary>Whether it stands behind NUL bytes, which were reported.</summary>
    public bool AfterNuls { get; init; }

    /// <summary>Whether a record here is believed only where no message goes on around it.</summary>
    public bool IsWithinMessage => Origin == TextOrigin.Doubtful && HasText;

    /// <summary>Whether a client may have written a record that stands here.</summary>
    /// <param name="isBetweenMessages">Whether what stands behind the record shows that no message goes on around it.</param>
    public bool MayBeForged(bool isBetweenMessages) =>
        Origin == TextOrigin.Untrusted || (IsWithinMessage && (OpenBrackets > 0 || !isBetweenMessages));

    /// <summary>What holds behind a line of a message.</summary>
    public TextState Behind(ReadOnlySpan<byte> line) => Origin != TextOrigin.Doubtful || line.IsEmpty ? this : this with
    {
        HasText = true,
        OpenBrackets = (byte)Math.Clamp(OpenBrackets + line.Count((byte)'[') - line.Count((byte)']'), 0, byte.MaxValue),
    };

    /// <summary>What holds for the text under a header.</summary>
    public TextState Under(ReadOnlySpan<byte> header) => this with { Origin = DebugHeader.OriginOf(header), HasText = false, OpenBrackets = 0 };

    /// <summary>How many records, dealt with by their beginning, still have pieces to come, which stand alone: smbd's processes write side by side.</summary>
    public byte PiecesToCome { get; init; }
}
