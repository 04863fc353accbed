using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>Half a SHA-256, in hexadecimal: by it bytes are known again that are not kept.</summary>
internal static class Fingerprint
{
    /// <summary>At most so many bytes are taken of a file's beginning, and of the end of a line.</summary>
    public const int Length = 1024;

    /// <summary>The fingerprint of these bytes; empty for none.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? "" : Convert.ToHexStringLower(Sha256.Of(bytes).AsSpan(0, Sha256.Length / 2));
}

/// <summary>
/// The last line with a record that was dealt with in a file. Each holds its time in microseconds, so it stands but once in a log, and wherever it is
/// found again, what stands before it is counted.
/// </summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">So many bytes of its beginning are known: all of it without its line feed, or <see cref="Fingerprint.Length"/>.</param>
/// <param name="Hash">Their fingerprint.</param>
/// <param name="Time">Ticks (UTC) of the record; 0 where it has no usable time.</param>
/// <param name="Behind">Where what was dealt with of it ends: behind its line feed, or in the middle of a long one.</param>
internal sealed record LineMark(long Start, int Length, string Hash, long Time, long Behind)
{
    /// <summary>The mark of a line.</summary>
    /// <param name="line">The line, or its beginning.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="behind">Where what was dealt with of it ends.</param>
    public static LineMark Of(ReadOnlySpan<byte> line, long start, long behind)
    {
        var head = line[..Math.Min(line.Length, Fingerprint.Length)];
        return new LineMark(start, head.Length, Fingerprint.Of(head), RecordFields.FirstTimeIn(head)?.UtcTicks ?? 0, behind);
    }

    /// <summary>Whether a text begins with the line.</summary>
    public bool Begins(ReadOnlySpan<byte> text) =>
        text.Length >= Length
        && (Length == Fingerprint.Length || text.Length == Length || text[Length] == (byte)'\n')
        && Fingerprint.Of(text[..Length]) == Hash;
}
