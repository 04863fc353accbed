using System.Security.Cryptography;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>The fingerprint of a file's beginning. Every record begins with its time in microseconds, so equal beginnings mean a copy.</summary>
internal static class FileHead
{
    /// <summary>At most how many bytes it is taken of.</summary>
    public const int Length = 1024;

    /// <summary>The fingerprint of these bytes: half a SHA-256, in hexadecimal; empty for no bytes.</summary>
    public static string Of(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
        {
            return "";
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(head, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    /// <summary>Whether a file that begins with <paramref name="head"/> begins with what was consumed of <paramref name="file"/>.</summary>
    public static bool Matches(FollowedFile file, ReadOnlySpan<byte> head) =>
        file.HeadLength <= head.Length && Of(head[..file.HeadLength]) == file.Head;
}
