using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>
/// Another machine, as far as a program can tell: the host name and the machine-id are its own (by namespaces of the program), all else is
/// this machine's.
/// </summary>
internal sealed class Machine
{
    private const string IdFile = "/etc/machine-id";

    // After the name and the file with the id comes the program.
    private const string Become = $"echo \"$1\" >/proc/sys/kernel/hostname && mount --bind \"$2\" {IdFile} && shift 2 && exec \"$@\"";

    private readonly string _name;
    private readonly string _idFile;

    private Machine(string name, string idFile)
    {
        _name = name;
        _idFile = idFile;
    }

    /// <summary>Makes it, or skips the test where that is not allowed.</summary>
    /// <param name="folder">A folder for its id; it is the test's to remove.</param>
    public static async Task<Machine> CreateAsync(string folder, string name)
    {
        Assert.SkipUnless(File.Exists(IdFile), $"there is no {IdFile}");
        var machine = new Machine(name, Path.Combine(folder, $"machine-id-of-{name}"));
        await File.WriteAllTextAsync(machine._idFile, $"{Guid.NewGuid():N}\n", TestContext.Current.CancellationToken);
        await using var attempt = machine.Start("true", []);
        Assert.SkipUnless(await attempt.WaitForExitAsync(TimeSpan.FromSeconds(10)) == 0, $"no namespaces of one's own: {attempt.Output}");
        return machine;
    }

    /// <summary>Starts a program there; its process id is that of the program.</summary>
    public ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null) =>
        ChildProcess.Start("unshare", ["--mount", "--uts", "sh", "-c", Become, "sh", _name, _idFile, program, .. arguments], environment);
}
