using System.Security.Cryptography;
using Smb1Exporter.Files;

namespace Smb1Exporter.Tests.Files;

public class Sha256Tests
{
    [Fact]
    public void Bytes_of_any_length_have_the_hash_that_the_runtime_gives_them()
    {
        var bytes = new byte[1100];
        new Random(1).NextBytes(bytes);

        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Equal(SHA256.HashData(bytes.AsSpan(0, length)), Sha256.Of(bytes.AsSpan(0, length))));
    }
}
