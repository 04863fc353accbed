using Microsoft.Win32.SafeHandles;
using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>The few things the follower asks of a file system; tests put failures in between.</summary>
internal interface ILogFileSystem
{
    /// <summary>The names in a folder.</summary>
    IReadOnlyList<string> ListNames(string folder);

    /// <inheritdoc cref="FileStatusReader.Read(string)"/>
    FileStatus? GetStatus(string path);

    /// <inheritdoc cref="FileStatusReader.Read(SafeFileHandle)"/>
    FileStatus GetStatus(SafeFileHandle handle);

    /// <inheritdoc cref="FileStatusReader.Open"/>
    SafeFileHandle Open(string path);

    /// <summary>Bytes that a privileged process may still write to the file system of a folder.</summary>
    long GetFreeBytes(string folder);

    /// <summary>Reads at an offset; fewer bytes than asked for only at the end of the file.</summary>
    int Read(SafeFileHandle handle, Span<byte> buffer, long offset);
}

/// <inheritdoc />
internal sealed class LogFileSystem : ILogFileSystem
{
    /// <inheritdoc />
    public IReadOnlyList<string> ListNames(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path))];

    /// <inheritdoc />
    public FileStatus? GetStatus(string path) => FileStatusReader.Read(path);

    /// <inheritdoc />
    public FileStatus GetStatus(SafeFileHandle handle) => FileStatusReader.Read(handle);

    /// <inheritdoc />
    public SafeFileHandle Open(string path) => FileStatusReader.Open(path);

    /// <inheritdoc />
    public long GetFreeBytes(string folder) => new DriveInfo(folder).TotalFreeSpace;

    /// <inheritdoc />
    public int Read(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var count = RandomAccess.Read(handle, buffer[filled..], offset + filled);
            if (count == 0)
            {
                break;
            }

            filled += count;
        }

        return filled;
    }
}
