using System.Buffers.Binary;
using System.Numerics;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// Tells a compressed file from a log by its first bytes: a client may call itself <c>nas.z</c> or <c>archive.zip</c>, and with <c>%m</c> its log
/// is then named like a compressed one. No log of smbd begins with any of these: it begins with <c>{</c> or <c>[</c>.
/// </summary>
internal static class CompressedContent
{
    /// <summary>So many bytes of the beginning are enough.</summary>
    public const int Length = 13;

    /// <summary>The magic numbers, each with where it is laid down.</summary>
    private static readonly byte[][] Magic =
    [
        [0x1f, 0x8b], // gzip: RFC 1952, 2.3.1 (ID1, ID2)
        [0x1f, 0x9d], // compress (.Z): ncompress, compress.c (MAGIC_1, MAGIC_2)
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0x00], // xz: The .xz File Format, 2.1.1.1
        [(byte)'B', (byte)'Z', (byte)'h'], // bzip2: bzip2, bzlib_private.h (BZ_HDR_B, BZ_HDR_Z, BZ_HDR_h)
        [0x28, 0xb5, 0x2f, 0xfd], // zstd: RFC 8878, 3.1.1 (0xFD2FB528, little endian)
        [0x04, 0x22, 0x4d, 0x18], // lz4: LZ4 Frame Format (0x184D2204, little endian)
        [0x89, (byte)'L', (byte)'Z', (byte)'O', 0x00, 0x0d, 0x0a, 0x1a, 0x0a], // lzop: lzop, lzop.c (lzop_magic)
        [(byte)'P', (byte)'K', 0x03, 0x04], // zip: APPNOTE.TXT, 4.3.7 (local file header)
        [(byte)'7', (byte)'z', 0xbc, 0xaf, 0x27, 0x1c], // 7z: 7zFormat.txt (kSignature)
    ];

    /// <summary>Whether a file that begins with these bytes is compressed.</summary>
    /// <param name="head">The first <see cref="Length"/> bytes of the file, or all that it has.</param>
    public static bool IsCompressed(ReadOnlySpan<byte> head)
    {
        foreach (var magic in Magic)
        {
            if (head.StartsWith(magic))
            {
                return true;
            }
        }

        return IsLzma(head);
    }

    /// <summary>
    /// The old .lzma has no magic number. Its header (XZ Utils, lzma-file-format.txt, 1.1): properties, which every common encoder sets to
    /// 0x5d; the size of the dictionary, 2^n or 2^n + 2^(n-1) from 4 KiB up; and the size of the content, all bits set where it is not known.
    /// </summary>
    private static bool IsLzma(ReadOnlySpan<byte> head)
    {
        if (head.Length < Length || head[0] != 0x5d)
        {
            return false;
        }

        var dictionary = BinaryPrimitives.ReadUInt32LittleEndian(head[1..]);
        var content = BinaryPrimitives.ReadUInt64LittleEndian(head[5..]);
        return dictionary >= 4096
            && (dictionary >> BitOperations.TrailingZeroCount(dictionary)) is 1 or 3
            && (content == ulong.MaxValue || content < 1UL << 38);
    }
}
