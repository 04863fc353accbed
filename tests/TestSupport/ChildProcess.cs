using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Smb1Exporter.TestSupport;

/// <summary>A process a test started: its output is captured, it gets real signals, and it is gone when disposed.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Interrupted = 2;
    private const int QuitNow = 3;
    private const int Terminated = 15;
    private const int Killed = 9;
    private const int Continued = 18;
    private const int Stopped = 19;
    private readonly Process _process;
    private readonly bool _ownSession;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _standardOutput = new();
    private readonly StringBuilder _error = new();
    private bool _isPaused;

    private ChildProcess(Process process, bool ownSession)
    {
        _process = process;
        _ownSession = ownSession;
        process.OutputDataReceived += (_, line) => Append(line.Data, _output, _standardOutput);
        process.ErrorDataReceived += (_, line) => Append(line.Data, _output, _error);
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Standard output and standard error so far, in the order in which they came.</summary>
    public string Output => Read(_output);

    public string StandardOutput => Read(_standardOutput);

    public string StandardError => Read(_error);

    /// <summary>Starts a program.</summary>
    /// <param name="ownSession">
    /// For a program that signals its whole process group (smbd does on TERM): it gets a session of its own, so that the test is not hit.
    /// </param>
    /// <param name="inputStaysOpen">For a program that takes commands, see <see cref="Enter"/>; others get an input that has ended.</param>
    public static ChildProcess Start(
        string fileName,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        bool ownSession = false,
        string? workingDirectory = null,
        bool inputStaysOpen = false)
    {
        var startInfo = ownSession
            ? new ProcessStartInfo("setsid", [fileName, .. arguments])
            : new ProcessStartInfo(fileName, arguments);
        startInfo.RedirectStandardInput = true;
        startInfo.RedirectStandardOutput = true;
        startInfo.RedirectStandardError = true;
        startInfo.WorkingDirectory = workingDirectory ?? "";
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            startInfo.Environment[name] = value;
        }

        var process = new Process { StartInfo = startInfo };
        var child = new ChildProcess(process, ownSession);
        process.Start();
        if (!inputStaysOpen)
        {
            process.StandardInput.Close();
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end, which must come within <paramref name="limit"/> (default: 60 s).</summary>
    public static async Task<ChildProcess> RunAsync(
        string fileName,
        IEnumerable<string> arguments,
        TimeSpan? limit = null,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null)
    {
        var child = Start(fileName, arguments, environment, workingDirectory: workingDirectory);
        await child.WaitForExitAsync(limit ?? TimeSpan.FromSeconds(60));
        return child;
    }

    /// <summary>Gives the program a line of input, as typed with the Enter key.</summary>
    public void Enter(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Sends SIGINT, as Ctrl-C does.</summary>
    public void Interrupt() => Signal(Id, Interrupted);

    /// <summary>Sends SIGQUIT.</summary>
    public void Quit() => Signal(Id, QuitNow);

    /// <summary>Sends SIGTERM, as a service manager does.</summary>
    public void Terminate() => Signal(Id, Terminated);

    /// <summary>Sends SIGKILL: no code of the program runs after it.</summary>
    public void Kill() => Signal(_ownSession ? -Id : Id, Killed);

    /// <summary>Sends SIGKILL to the processes that it started itself, and returns when it has taken notice of their end.</summary>
    public async Task KillChildrenAsync()
    {
        var children = Children();
        foreach (var child in children)
        {
            Signal(child, Killed);
        }

        await Eventually.TrueAsync(() => HasExited || !children.Intersect(Children()).Any(), $"the processes of {_process.StartInfo.FileName} ended");
    }

    /// <summary>Sends SIGSTOP, and returns when the program stands still: its connections stay open, and nothing of it runs, as on a machine that hangs.</summary>
    public async Task PauseAsync()
    {
        _isPaused = true;
        Signal(_ownSession ? -Id : Id, Stopped);
        await Eventually.TrueAsync(() => HasExited || State() == 'T', $"{_process.StartInfo.FileName} stands still");
    }

    /// <summary>Sends SIGCONT: the program goes on where <see cref="PauseAsync"/> held it.</summary>
    public void Resume()
    {
        _isPaused = false;
        Signal(_ownSession ? -Id : Id, Continued);
    }

    /// <summary>Waits for the end; a program still running after <paramref name="limit"/> fails the test with its output.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        using var timeLimit = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(timeLimit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} still ran after {limit.TotalSeconds} s. Its output:\n{Output}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
        {
            Terminate();
            if (_isPaused)
            {
                // Until then it does not see that it is to end.
                Resume();
            }

            try
            {
                await WaitForExitAsync(TimeSpan.FromSeconds(10));
            }
            catch (TimeoutException)
            {
                Kill();
                await WaitForExitAsync(TimeSpan.FromSeconds(10));
            }
        }

        _process.Dispose();
    }

    private void Signal(int id, int signal)
    {
        const int NoSuchProcess = 3;
        if (!HasExited && SendSignal(id, signal) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
        {
            throw new Win32Exception(error);
        }
    }

    private List<int> Children() =>
    [
        .. File.ReadAllText($"/proc/{Id}/task/{Id}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
    ];

    /// <summary>The state letter of proc(5), which stands behind the name in brackets.</summary>
    private char State()
    {
        try
        {
            var status = File.ReadAllText($"/proc/{Id}/stat");
            return status[status.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return 'X';
        }
    }

    private static void Append(string? line, params ReadOnlySpan<StringBuilder> builders)
    {
        if (line is null)
        {
            return;
        }

        foreach (var builder in builders)
        {
            lock (builder)
            {
                builder.Append(line).Append('\n');
            }
        }
    }

    private static string Read(StringBuilder builder)
    {
        lock (builder)
        {
            return builder.ToString();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int id, int signal);
}
