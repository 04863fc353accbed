using System.Runtime.InteropServices;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>What kind of file a name leads to: only some may be opened without a thought.</summary>
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

/// <summary>What statx(2) tells of a file without opening it: .NET tells neither the kind of a file nor which one it is.</summary>
/// <param name="Device">Number of the file system, major in the upper and minor in the lower half.</param>
/// <param name="Inode">Number of the file in it.</param>
/// <param name="Kind">What it is.</param>
internal readonly partial record struct FileFacts(ulong Device, ulong Inode, FileKind Kind)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint TypeAndInode = 0x1 | 0x100; // STATX_TYPE | STATX_INO
    private const int FormatMask = 0xf000; // S_IFMT

    /// <summary>Looks at the file that a path leads to, symbolic links followed; null when there is none or it may not be looked at.</summary>
    public static FileFacts? Of(string path) =>
        Statx(CurrentDirectory, path, 0, TypeAndInode, out var raw) == 0
            ? new FileFacts(((ulong)raw.DeviceMajor << 32) | raw.DeviceMinor, raw.Inode, KindOf(raw.Mode))
            : null;

    private static FileKind KindOf(int mode) => (mode & FormatMask) switch
    {
        0x8000 => FileKind.Regular, // S_IFREG
        0x4000 => FileKind.Directory, // S_IFDIR
        0x1000 => FileKind.Pipe, // S_IFIFO
        0x2000 or 0x6000 => FileKind.Device, // S_IFCHR, S_IFBLK
        _ => FileKind.Other,
    };

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out RawStatus status);

    /// <summary>The part of struct statx (linux/stat.h) that is used; 256 bytes on all architectures.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct RawStatus
    {
        [FieldOffset(28)]
        public ushort Mode;
        [FieldOffset(32)]
        public ulong Inode;
        [FieldOffset(136)]
        public uint DeviceMajor;
        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
