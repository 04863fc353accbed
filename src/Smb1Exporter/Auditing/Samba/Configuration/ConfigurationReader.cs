using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>
/// Reads configuration files of others, as Latin-1, so that each byte is a character. What is no regular file is not opened, and of what is too
/// large no more is read than it takes to know it.
/// </summary>
internal static partial class ConfigurationReader
{
    /// <summary>Bytes. An smb.conf with 20 000 shares has about 4 MB.</summary>
    public const int LargestFile = 16 * 1024 * 1024;

    private const int OpenFlags = 0x80900; // O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">It is no regular file, it is too large, or it cannot be read.</exception>
    public static string Read(string path)
    {
        if (FileFacts.Of(path) is { Kind: not FileKind.Regular and var kind })
        {
            throw new IOException($"it is {Named(kind)}, not a regular file");
        }

        // No lock, as .NET takes one: an editor or another reader is not to be kept out. Nor does it wait, if it became a pipe meanwhile.
        var descriptor = Open(path, OpenFlags);
        if (descriptor < 0)
        {
            throw Failure(path, Marshal.GetLastPInvokeError());
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
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

    private static Exception Failure(string path, int error)
    {
        const int NotPermitted = 1; // EPERM
        const int NotFound = 2; // ENOENT
        const int AccessDenied = 13; // EACCES
        const int NotADirectory = 20; // ENOTDIR
        return error switch
        {
            NotFound or NotADirectory => new FileNotFoundException($"{path} does not exist", path),
            AccessDenied or NotPermitted => new UnauthorizedAccessException($"access to {path} is denied"),
            _ => new IOException(Marshal.GetPInvokeErrorMessage(error)),
        };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
