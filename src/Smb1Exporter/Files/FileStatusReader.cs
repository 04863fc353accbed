using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Smb1Exporter.Files;

/// <summary>Asks Linux for the status of files, and for handles on them (statx(2), open(2): .NET gives no inode, and locks what it opens).</summary>
internal static partial class FileStatusReader
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint BasicStatsAndBirth = 0x7ff | BirthKnown; // STATX_BASIC_STATS | STATX_BTIME
    private const uint BirthKnown = 0x800;
    private const int FormatMask = 0xf000; // S_IFMT
    private const int OpenFlags = 0x80900; // O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    private const int NotPermitted = 1; // EPERM
    private const int NotFound = 2; // ENOENT
    private const int AccessDenied = 13; // EACCES
    private const int NotADirectory = 20; // ENOTDIR

    /// <summary>The status of the file a path leads to, symbolic links followed; null when there is none.</summary>
    /// <exception cref="UnauthorizedAccessException">A folder of the path may not be searched.</exception>
    /// <exception cref="IOException">Any other failure.</exception>
    public static FileStatus? Read(string path)
    {
        if (Statx(CurrentDirectory, path, 0, BasicStatsAndBirth, out var raw) == 0)
        {
            return ToStatus(raw);
        }

        var error = Failure(path);
        return error is FileNotFoundException ? null : throw error;
    }

    /// <summary>The status of the file that a path leads to; null when there is none or it may not be looked at.</summary>
    public static FileStatus? Find(string path)
    {
        try
        {
            return Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Opens a file for reading, in nobody's way: without the advisory lock that .NET takes, and without waiting for the writer of a pipe.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">Any other failure.</exception>
    public static SafeFileHandle Open(string path)
    {
        var descriptor = OpenDescriptor(path, OpenFlags);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(path);
    }

    /// <summary>The status of an open file, whatever its name is by now.</summary>
    /// <exception cref="IOException">The file system does not answer.</exception>
    public static FileStatus Read(SafeFileHandle handle)
    {
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            return Statx((int)handle.DangerousGetHandle(), "", EmptyPath, BasicStatsAndBirth, out var raw) == 0
                ? ToStatus(raw)
                : throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }
        finally
        {
            if (added)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static Exception Failure(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return error switch
        {
            NotFound or NotADirectory => new FileNotFoundException($"{path} is not there.", path),
            AccessDenied or NotPermitted => new UnauthorizedAccessException($"Access to {path} is denied."),
            _ => new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}"),
        };
    }

    private static FileStatus ToStatus(in RawStatus raw) =>
        new(
            new FileIdentity(
                ((ulong)raw.DeviceMajor << 32) | raw.DeviceMinor,
                raw.Inode,
                (raw.Mask & BirthKnown) == 0 ? 0 : raw.Birth.ToTicks()),
            (long)raw.Size,
            raw.Modified.ToTicks(),
            raw.Changed.ToTicks(),
            raw.Links,
            KindOf(raw.Mode));

    private static FileKind KindOf(int mode) => (mode & FormatMask) switch
    {
        0x8000 => FileKind.Regular, // S_IFREG
        0x4000 => FileKind.Directory, // S_IFDIR
        0x1000 => FileKind.Pipe, // S_IFIFO
        0x2000 or 0x6000 => FileKind.Device, // S_IFCHR, S_IFBLK
        _ => FileKind.Other,
    };

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out RawStatus status);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);

    /// <summary>struct statx_timestamp of linux/stat.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RawTime
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;

        public readonly long ToTicks()
        {
            var seconds = Math.Clamp(Seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
            return DateTimeOffset.FromUnixTimeSeconds(seconds).Ticks + (Nanoseconds / 100);
        }
    }

    /// <summary>struct statx of linux/stat.h: 256 bytes, the same on all architectures.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct RawStatus
    {
        [FieldOffset(0)]
        public uint Mask;
        [FieldOffset(16)]
        public uint Links;
        [FieldOffset(28)]
        public ushort Mode;
        [FieldOffset(32)]
        public ulong Inode;
        [FieldOffset(40)]
        public ulong Size;
        [FieldOffset(80)]
        public RawTime Birth;
        [FieldOffset(96)]
        public RawTime Changed;
        [FieldOffset(112)]
        public RawTime Modified;
        [FieldOffset(136)]
        public uint DeviceMajor;
        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
