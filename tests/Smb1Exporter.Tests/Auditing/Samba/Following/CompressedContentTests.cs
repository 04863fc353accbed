using System.Text;
using Smb1Exporter.Auditing.Samba.Following;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

public sealed class CompressedContentTests
{
    [Theory]
    [InlineData("1f8b080896aa0a6b0003632e6c", "gzip")]
    [InlineData("fd377a585a000004e6d6b44602", "xz")]
    [InlineData("425a68393141592653591fa8f1", "bzip2")]
    [InlineData("28b52ffd24139900007b227469", "zstd")]
    [InlineData("04224d186440a7130000807b22", "lz4")]
    [InlineData("5d00008000ffffffffffffffff", "lzma -6")]
    [InlineData("5d00000400ffffffffffffffff", "lzma -0")]
    [InlineData("5d00000c001027000000000000", "lzma with a dictionary of 768 KiB and a known size")]
    [InlineData("894c5a4f000d0a1a0a10402080", "lzop")]
    [InlineData("1f9d907bc2d0a5334e0c0c1a38", "compress")]
    [InlineData("504b030414000800080061527c", "zip")]
    [InlineData("377abcaf271c0004b5cd8e8b1d", "7z")]
    public void A_compressed_file_is_known_by_its_first_bytes(string head, string made) =>
        Assert.True(CompressedContent.IsCompressed(Convert.FromHexString(head)), made);

    [Theory]
    [InlineData("{\"timestamp\": \"2026-11-28T10:00:00.892406+0000\", \"type\": \"Authentication\"")]
    [InlineData("[2026/11/28 10:00:00.892406,  3] ../../auth/auth_log.c:653(log_authentication_event_human_readable)")]
    [InlineData("  {\"timestamp\": ")]
    [InlineData("Nov 28 10:00:00 FS01 smbd[4711]: ")]
    [InlineData("PK")]
    [InlineData("]\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("]: the rest of a line that was cut")]
    [InlineData("")]
    public void A_log_is_not_compressed_whatever_its_name(string head) =>
        Assert.False(CompressedContent.IsCompressed(Encoding.UTF8.GetBytes(head)));

    [Fact]
    public void A_file_that_is_cut_within_its_magic_number_is_not_known()
    {
        Assert.False(CompressedContent.IsCompressed([0x1f]));
        Assert.False(CompressedContent.IsCompressed(Convert.FromHexString("5d00008000ffffffffffffff")));
    }
}
