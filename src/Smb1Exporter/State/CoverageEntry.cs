namespace Smb1Exporter.State;

/// <summary>A period that was covered, or something of note that happened in one.</summary>
/// <param name="Id">Its number; rises.</param>
/// <param name="Begin">When it began, or when it was noted; by the wall clock, UTC.</param>
/// <param name="End">When it ended; null while it goes on, and of a note.</param>
/// <param name="Text">Why it ended, or what was noted: a sentence; empty while a period goes on.</param>
/// <param name="IsNote">Whether it is a note.</param>
internal sealed record CoverageEntry(long Id, DateTimeOffset Begin, DateTimeOffset? End, string Text, bool IsNote)
{
    /// <summary>So many are kept, the latest.</summary>
    public const int Kept = 200;

    /// <summary>Whether it is a period that goes on.</summary>
    public bool IsOpen => !IsNote && End is null;
}
