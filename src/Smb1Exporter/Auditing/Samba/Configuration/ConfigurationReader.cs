using System.Text;
using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>
/// Reads configuration files of others, as Latin-1, so that each byte is a character. What is no regular file is not opened, and of what is too
/// large no more is read than it takes to know it.
/// </summary>
internal static class ConfigurationReader
{
    /// <summary>Bytes. An smb.conf with 20 000 shares has about 4 MB.</summary>
    public const int LargestFile = 16 * 1024 * 1024;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">It is no regular file, it is too large, or it cannot be read.</exception>
    public static string Read(string path)
    {
        if (FileStatusReader.Find(path) is { Kind: not FileKind.Regular and var kind })
        {
            throw new IOException($"it is {Named(kind)}, not a regular file");
        }

        // Nor does it wait, if it became a pipe meanwhile.
        using var handle = FileStatusReader.Open(path);
        using var file = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        if (!file.CanSeek)
        {
            throw new IOException("it is not a regular file");
        }

        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (file.Read(buffer) is > 0 and var count)
        {
            content.Write(buffer, 0, count);
            if (content.Length > LargestFile)
            {
                throw new IOException($"it is larger than {LargestFile / 1024 / 1024} MiB");
            }
        }

        return Encoding.Latin1.GetString(content.GetBuffer(), 0, (int)content.Length);
    }

    /// <summary>A kind of file in words.</summary>
    public static string Named(FileKind kind) => kind switch
    {
        FileKind.Directory => "a directory",
        FileKind.Pipe => "a pipe",
        FileKind.Device => "a device",
        FileKind.Regular => "a regular file",
        _ => "a socket or the like",
    };
}
