using Smb1Exporter.Files;

namespace Smb1Exporter.State;

/// <summary>When the state file and its write-ahead log were last changed, by whomever, and how long they were then.</summary>
internal readonly record struct FileTouch
{
    private FileTouch(Touch file, Touch log) => (File, Log) = (file, log);

    private Touch File { get; }

    private Touch Log { get; }

    /// <summary>Looks at a state file; one that cannot be looked at counts as missing.</summary>
    public static FileTouch Of(string path) => new(Look(path), Look(path + "-wal"));

    private static Touch Look(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            var file = new FileInfo(path);
            return file.Exists ? new Touch(file.Length, file.LastWriteTimeUtc.Ticks) : default;
        }

        return FileStatusReader.Find(path) is { } status ? new Touch(status.Size, status.LastChange) : default;
    }

    private readonly record struct Touch(long Size, long Time);
}
