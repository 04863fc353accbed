namespace Smb1Exporter.Files;

/// <summary>What a process has open, as Linux lists it (proc(5)).</summary>
internal static class OpenDescriptors
{
    /// <summary>The descriptors of a process and what each leads to: a path, or a name such as <c>socket:[4711]</c>; empty where it is closed meanwhile.</summary>
    /// <param name="processFolder">The folder of the process, such as /proc/4711.</param>
    /// <exception cref="UnauthorizedAccessException">Another account's process, and no right to look at it.</exception>
    /// <exception cref="IOException">The process has ended.</exception>
    public static IEnumerable<(string Descriptor, string Target)> Of(string processFolder) =>
        Directory.EnumerateFiles(Path.Join(processFolder, "fd"))
            .Select(descriptor => (Descriptor: descriptor, Target: new FileInfo(descriptor).LinkTarget ?? ""));
}
