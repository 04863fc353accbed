using System.Diagnostics;

namespace Smb1Exporter.TestSupport;

/// <summary>
/// A file system that a test mounts. Needs root and the right to mount. It is unmounted when it is disposed, and also when the run of the tests is
/// killed: a shell waits for the end of a pipe that ends with the run.
/// </summary>
internal sealed class KeptMount : IAsyncDisposable
{
    /// <summary>In a session of its own, so that nothing which ends the run ends it too soon.</summary>
    private const string MountUntilTheEnd = """mount -t "$1" -o "$2" smb1-test "$0" && echo mounted && cat; umount -l "$0" """;

    private static readonly Lazy<bool> MayMount = new(() =>
    {
        // A root without that right, as in most containers, may not do this either. In a chroot the propagation cannot be changed, but mounted can be.
        using var process = Process.Start("unshare", ["--mount", "--propagation", "unchanged", "true"]);
        process.WaitForExit();
        return process.ExitCode == 0;
    });

    private readonly Process _keeper;

    private KeptMount(Process keeper) => _keeper = keeper;

    /// <summary>Whether anything can be mounted here.</summary>
    public static bool IsAllowed => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && MayMount.Value;

    /// <param name="folder">Where; it must exist and is the test's to remove.</param>
    /// <param name="type">The kind of file system.</param>
    /// <param name="options">As for mount's option -o.</param>
    /// <returns>Null where the kernel refuses.</returns>
    public static async Task<KeptMount?> MountAsync(string folder, string type, string options)
    {
        var keeper = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", MountUntilTheEnd, folder, type, options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var mount = new KeptMount(keeper);
        if (await keeper.StandardOutput.ReadLineAsync() == "mounted")
        {
            return mount;
        }

        await mount.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }
}
