using Smb1Exporter.EndToEnd.Tests.Wine;
using Smb1Exporter.TestSupport;

[assembly: AssemblyFixture(typeof(WinePrefix))]

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>
/// A Windows of Wine's, shared by all tests that need one and made when the first of them asks. Its event log and its PowerShell are stand-ins of the
/// tests' own (tests/WineStandIns), so it shows that the program's code runs, not how Windows behaves.
/// </summary>
public sealed class WinePrefix : IAsyncDisposable
{
    /// <summary>Environment variable with the folder of the Windows programs; tests/run.sh sets it.</summary>
    private const string PartsVariable = "SMB1_WINDOWS_PARTS";

    /// <summary>Environment variable that says why there is no Wine; tests/run.sh sets it.</summary>
    private const string MissingVariable = "SMB1_WINE_MISSING";

    private const string Up = "Wine is up";

    private static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(3);

    private readonly Lazy<Task> _booted;
    private TemporaryFolder? _folder;
    private ChildProcess? _keeper;

    public WinePrefix() => _booted = new Lazy<Task>(BootAsync);

    /// <summary>The published exporter, as it is shipped for Windows.</summary>
    public static string Exporter => Part("exporter", "smb1-exporter.exe");

    /// <summary>Its drive C.</summary>
    public string DriveC => Path.Combine(_folder!.Path, "drive_c");

    /// <summary>Where the stand-in for Windows PowerShell lies.</summary>
    public string PowerShellFolder => Path.Combine(SystemFolder, "WindowsPowerShell", "v1.0");

    private string SystemFolder => Path.Combine(DriveC, "windows", "system32");

    /// <summary>The powershell.exe that comes with Wine, which prints nothing and ends with 0: kept, not used.</summary>
    public string WinesOwnPowerShell => Path.Combine(PowerShellFolder, "powershell-of-wine.exe");

    /// <summary>What services wrote to the event log: Wine keeps none, but prints it.</summary>
    public string ApplicationEvents => string.Join(
        '\n', _keeper!.Output.Split('\n').Where(line => line.Contains(":eventlog:ReportEvent", StringComparison.Ordinal)));

    /// <summary>A path of this machine as Windows programs see it.</summary>
    public static string WindowsPath(string path) => "Z:" + path.Replace('/', '\\');

    /// <summary>Makes it, or skips the calling test with the reason why there is none.</summary>
    public Task ReadyAsync()
    {
        var missing = Environment.GetEnvironmentVariable(MissingVariable);
        Assert.SkipWhen(!string.IsNullOrEmpty(missing), missing ?? "");
        Assert.SkipWhen(Parts is null, $"{PartsVariable} names no folder with the Windows programs; tests/run.sh makes it");
        return _booted.Value;
    }

    /// <summary>Starts a Windows program; its process id is that of the program, so that it can be killed.</summary>
    /// <param name="standIns">The folder that the stand-ins read; null for the one of services, C:\smb1-standin.</param>
    public ChildProcess Start(IEnumerable<string> command, string? standIns = null) =>
        ChildProcess.Start("wine", command, EnvironmentFor(standIns));

    /// <summary>Runs a Windows program to its end.</summary>
    public async Task<ChildProcess> RunAsync(IEnumerable<string> command, string? standIns = null, TimeSpan? limit = null)
    {
        var child = Start(command, standIns);
        await child.WaitForExitAsync(limit ?? TimeSpan.FromSeconds(90));
        return child;
    }

    public async ValueTask DisposeAsync()
    {
        if (_folder is null)
        {
            return;
        }

        await EndAllAsync();
        if (_keeper is not null)
        {
            await _keeper.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static string? Parts => Environment.GetEnvironmentVariable(PartsVariable) is { Length: > 0 } path ? path : null;

    private static string Part(params string[] names) => Path.Combine([Parts!, .. names]);

    private async Task BootAsync()
    {
        _folder = new TemporaryFolder();
        await SucceedAsync("wineboot", "--init");
        await SucceedAsync("winecfg", "-v", "win10");

        // Wine gives a service 10 s to call back; on a machine that is busy with tests, a program may need longer to come to it.
        await SucceedAsync(
            "reg", "add", @"HKLM\System\CurrentControlSet\Control", "/v", "ServicesPipeTimeout", "/t", "REG_DWORD", "/d", "120000", "/f");
        File.Move(Path.Combine(SystemFolder, "sc.exe"), Path.Combine(SystemFolder, "sc-wine.exe"));
        foreach (var file in new[] { "wevtapi.dll", "sc.exe" })
        {
            await SucceedAsync("reg", "add", @"HKCU\Software\Wine\DllOverrides", "/v", file.Replace(".dll", "", StringComparison.Ordinal), "/d", "native", "/f");
            File.Copy(Part(file), Path.Combine(SystemFolder, file), overwrite: true);
        }

        // The driver of the SMB1 server, which is not there where the feature is removed.
        await File.WriteAllTextAsync(Path.Combine(SystemFolder, "drivers", "srv.sys"), "");

        File.Move(Path.Combine(PowerShellFolder, "powershell.exe"), WinesOwnPowerShell);
        foreach (var file in Directory.EnumerateFiles(Part("powershell"), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(PowerShellFolder, Path.GetRelativePath(Part("powershell"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }

        // While a program lives, so do Wine's service manager and registry; and what services print is printed where the first program
        // prints. It is the desktop, because else the first program to need it starts it, and it goes on holding that one's output. So
        // would the service manager, hence the wait.
        await EndAllAsync();
        _keeper = ChildProcess.Start(
            "wine",
            ["cmd", "/c", $"echo {Up}& start /wait explorer /desktop"],
            EnvironmentFor(standIns: null, debug: "-all,err+eventlog,warn+eventlog,trace+eventlog"));
        await Eventually.TrueAsync(() => _keeper.Output.Contains(Up, StringComparison.Ordinal), "Wine is up", BootLimit);
    }

    /// <summary>Ends what runs in this prefix, and nothing else.</summary>
    private async Task EndAllAsync()
    {
        foreach (var action in new[] { "--kill", "--wait" })
        {
            await using var server = await ChildProcess.RunAsync("wineserver", [action], environment: EnvironmentFor(standIns: null));
        }
    }

    private async Task SucceedAsync(params string[] command)
    {
        await using var child = await RunAsync(command, limit: BootLimit);
        Assert.True(child.ExitCode == 0, $"wine {string.Join(' ', command)} ended with {child.ExitCode}:\n{child.Output}");
    }

    private Dictionary<string, string?> EnvironmentFor(string? standIns, string debug = "-all")
    {
        var variables = new Dictionary<string, string?>
        {
            ["WINEPREFIX"] = _folder!.Path,
            ["WINEARCH"] = "win64",
            ["WINEDEBUG"] = debug,
            ["WINEDLLOVERRIDES"] = "winemenubuilder.exe=d",
            ["DISPLAY"] = "",

            // Mapping code twice, for writing and for running, is what Wine and .NET have been seen to disagree on.
            ["DOTNET_EnableWriteXorExecute"] = "0",
        };
        if (standIns is not null)
        {
            variables["SMB1_STANDIN"] = WindowsPath(standIns);
        }

        return variables;
    }
}
