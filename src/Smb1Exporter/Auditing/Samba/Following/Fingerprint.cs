using System.Security.Cryptography;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>Half a SHA-256, in hexadecimal: by it bytes are known again that are not kept.</summary>
internal static class Fingerprint
{
    /// <summary>At most so many bytes are taken of a file's beginning, and of the end of a line.</summary>
    public const int Length = 1024;

    /// <summary>The fingerprint of these bytes; empty for none.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "";
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}

/// <summary>
/// The last line with a record that was dealt with in a file. Each holds its time in microseconds, so it stands but once in a log, and wherever it is
/// found again, what stands before it is counted.
/// </summary>
/// <param name="End">Where it ends, at its line feed.</param>
/// <param name="Length">Its bytes, without the line feed.</param>
/// <param name="Hash">The fingerprint of its last <see cref="Fingerprint.Length"/> bytes.</param>
/// <param name="Time">Ticks (UTC) of the record; 0 where it has no usable time.</param>
internal sealed record LineMark(long End, int Length, string Hash, long Time)
{
    /// <summary>The mark of a line that ends at <paramref name="end"/>.</summary>
    public static LineMark Of(ReadOnlySpan<byte> line, long end) => new(end, line.Length, HashOf(line), RecordFields.FirstTimeIn(line)?.UtcTicks ?? 0);

    /// <summary>Whether this is the line.</summary>
    public bool Is(ReadOnlySpan<byte> line) => line.Length == Length && HashOf(line) == Hash;

    private static string HashOf(ReadOnlySpan<byte> line) => Fingerprint.Of(line[Math.Max(0, line.Length - Fingerprint.Length)..]);
}
