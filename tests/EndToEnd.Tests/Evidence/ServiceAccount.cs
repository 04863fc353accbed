using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>An account without any of root's rights, which may read what everybody may, and owns one folder.</summary>
internal sealed class ServiceAccount
{
    private const string Unprivileged = "65534";

    private readonly string _program;

    private ServiceAccount(string folder, string program) => (Folder, _program) = (folder, program);

    /// <summary>What it owns.</summary>
    public string Folder { get; }

    /// <summary>Gives it a folder, and lets it read the test's files; skips the test where it could not run the program.</summary>
    public static async Task<ServiceAccount> CreateAsync(Site site)
    {
        var account = new ServiceAccount(site.Subfolder("account"), CopyProgram(site.Subfolder("program")));
        await using var chown = await ChildProcess.RunAsync("chown", [Unprivileged, account.Folder]);
        const UnixFileMode ReadByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
            | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(site.Folder, ReadByAll);
        await using var attempt = account.Start(["--version"]);
        Assert.SkipUnless(await attempt.WaitForExitAsync(TimeSpan.FromSeconds(60)) == 0, $"another account cannot run the program here: {attempt.Output}");
        return account;
    }

    /// <summary>Starts the exporter under it.</summary>
    public ChildProcess Start(IEnumerable<string> arguments) => ChildProcess.Start(
        "setpriv",
        [$"--reuid={Unprivileged}", $"--regid={Unprivileged}", "--clear-groups", _program, .. arguments],
        new Dictionary<string, string?> { ["HOME"] = Folder });

    /// <summary>Puts the program where everybody may run it: the checkout may lie in a folder of root's.</summary>
    private static string CopyProgram(string folder)
    {
        var program = Programs.Exporter(Programs.PreferredBuild);
        var from = Path.GetDirectoryName(program)!;
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return Path.Combine(folder, Path.GetFileName(program));
    }
}
