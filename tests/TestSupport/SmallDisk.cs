namespace Smb1Exporter.TestSupport;

/// <summary>A file system of a test's own (tmpfs) that is small enough to be filled. Needs root and the right to mount.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private const int Page = 4096;
    private readonly KeptMount _mount;

    private SmallDisk(KeptMount mount, string folder)
    {
        _mount = mount;
        Folder = folder;
    }

    /// <summary>Why it cannot be had here; null when it can.</summary>
    public static string? Missing => KeptMount.IsAllowed ? null : "a small file system needs root and the right to mount it";

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>The path of a file on it.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    private string Ballast => this["ballast"];

    /// <summary>Mounts one of <paramref name="kibibytes"/> on a folder, which must exist and is the test's to remove.</summary>
    public static async Task<SmallDisk> MountAsync(string folder, int kibibytes) =>
        await KeptMount.MountAsync(folder, "tmpfs", $"size={kibibytes}k,mode=0755") is { } mount
            ? new SmallDisk(mount, folder)
            : throw new InvalidOperationException($"No file system could be mounted on {folder}");

    /// <summary>Takes all space that is left. What a file already has of its last page (4 KiB) it keeps, and may still fill.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[Page]);
            }
        }
        catch (IOException)
        {
            // No space left on device.
        }
    }

    /// <summary>Gives the space back that <see cref="Fill"/> took.</summary>
    public void Free() => File.Delete(Ballast);

    public ValueTask DisposeAsync() => _mount.DisposeAsync();
}
