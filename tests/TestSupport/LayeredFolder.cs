namespace Smb1Exporter.TestSupport;

/// <summary>
/// A folder as in a container (overlayfs): what is in the lower folder is seen through it, and a file is copied to the upper one when it is first
/// written to. Needs root and the right to mount.
/// </summary>
public sealed class LayeredFolder : IAsyncDisposable
{
    private readonly KeptMount _mount;

    private LayeredFolder(KeptMount mount) => _mount = mount;

    /// <summary>Mounts it.</summary>
    /// <param name="folder">Where; it must exist and is the test's to remove.</param>
    /// <param name="lower">What is in it at first.</param>
    /// <param name="upper">An empty folder that takes what is written.</param>
    /// <param name="work">An empty folder on the same file system as <paramref name="upper"/>.</param>
    /// <returns>Null where the kernel, or the file system below, does not allow it.</returns>
    public static async Task<LayeredFolder?> MountAsync(string folder, string lower, string upper, string work) =>
        KeptMount.IsAllowed && await KeptMount.MountAsync(folder, "overlay", $"lowerdir={lower},upperdir={upper},workdir={work}") is { } mount
            ? new LayeredFolder(mount)
            : null;

    public ValueTask DisposeAsync() => _mount.DisposeAsync();
}
