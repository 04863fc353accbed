using System.Diagnostics;

namespace Smb1Exporter.TestSupport;

/// <summary>
/// A file system of a test's own (tmpfs) that is small enough to be filled. Needs root and the right to mount. It is unmounted when it is
/// disposed, and also when the run of the tests is killed: a shell waits for the end of a pipe that ends with the run.
/// </summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private const int Page = 4096;

    /// <summary>In a session of its own, so that nothing which ends the run ends it too soon.</summary>
    private const string MountUntilTheEnd = """mount -t tmpfs -o "size=$1k,mode=0755" smb1-test "$0" && echo mounted && cat; umount -l "$0" """;

    private static readonly Lazy<bool> MayMount = new(() =>
    {
        // A root without that right, as in most containers, may not do this either.
        using var process = Process.Start("unshare", ["--mount", "true"]);
        process.WaitForExit();
        return process.ExitCode == 0;
    });

    private readonly Process _keeper;

    private SmallDisk(Process keeper, string folder)
    {
        _keeper = keeper;
        Folder = folder;
    }

    /// <summary>Why it cannot be had here; null when it can.</summary>
    public static string? Missing =>
        OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && MayMount.Value ? null : "a small file system needs root and the right to mount it";

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>The path of a file on it.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    private string Ballast => this["ballast"];

    /// <summary>Mounts one of <paramref name="kibibytes"/> on a folder, which must exist and is the test's to remove.</summary>
    public static async Task<SmallDisk> MountAsync(string folder, int kibibytes)
    {
        var keeper = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", MountUntilTheEnd, folder, $"{kibibytes}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var disk = new SmallDisk(keeper, folder);
        if (await keeper.StandardOutput.ReadLineAsync() == "mounted")
        {
            return disk;
        }

        await disk.DisposeAsync();
        throw new InvalidOperationException($"No file system could be mounted on {folder}");
    }

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

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }
}
