using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Smb1Exporter.Benchmarks.Figures;

/// <summary>A server that is measured from outside. Disposing it ends it by SIGTERM and waits.</summary>
internal sealed partial class MeasuredProcess : IDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _error = new();

    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public MeasuredProcess(string program, params IEnumerable<string> arguments)
    {
        Started = Stopwatch.GetTimestamp();
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }) ?? throw new Win32Exception();
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) => _error.AppendLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>When it was started, in ticks of <see cref="Stopwatch"/>.</summary>
    public long Started { get; }

    /// <summary>Seconds that its threads ran so far, those of the kernel for it included.</summary>
    public double Processor
    {
        get
        {
            Check(GetProcessorClock(_process.Id, out var clock));
            Check(GetTime(clock, out var time));
            return time.Seconds + (time.Nanoseconds / 1e9);
        }
    }

    /// <summary>Bytes of it that are in memory, those of its files included (proc(5), VmRSS).</summary>
    public long Resident
    {
        get
        {
            const string Name = "VmRSS:";
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(Name, StringComparison.Ordinal));
            return long.Parse(line[Name.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) << 10;
        }
    }

    /// <exception cref="InvalidOperationException">It ended by itself.</exception>
    public void ThrowIfEnded()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with exit code {_process.ExitCode}: {_error}");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Check(SendSignal(_process.Id, SigTerm));
            if (!_process.WaitForExit(LongestStop))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new Win32Exception();
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_getcpuclockid")]
    private static partial int GetProcessorClock(int process, out int clock);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
