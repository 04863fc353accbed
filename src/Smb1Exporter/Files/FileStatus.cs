namespace Smb1Exporter.Files;

/// <summary>
/// What tells one file from another whatever its name: device and inode, and the time of birth, since inodes are given out again.
/// Which content it has is another matter: see the bookmarks of followed files.
/// </summary>
/// <param name="Device">Number of the device, major in the upper and minor in the lower half; may change when the machine starts anew.</param>
/// <param name="Inode">Number of the inode.</param>
/// <param name="Birth">Ticks (100 ns, UTC) of the file's birth; 0 where the file system does not tell.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, long Birth);

/// <summary>What statx tells of a file.</summary>
/// <param name="Identity">Which file it is.</param>
/// <param name="Size">Bytes.</param>
/// <param name="LastWrite">Ticks (100 ns, UTC) of the last write; anyone may set it.</param>
/// <param name="LastChange">Ticks of the last change of content, name or rights; only the file system sets it.</param>
/// <param name="Links">How many names the file has; 0 when it was removed and is only still open.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct FileStatus(FileIdentity Identity, long Size, long LastWrite, long LastChange, uint Links, FileKind Kind);

/// <summary>What kind of file a name leads to: only regular ones may be opened without a thought.</summary>
internal enum FileKind
{
    /// <summary>An ordinary file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A pipe (FIFO): opening it waits for somebody at the other end.</summary>
    Pipe,

    /// <summary>A device: what reading it does depends on the device.</summary>
    Device,

    /// <summary>A socket, or what this program does not know.</summary>
    Other,
}
