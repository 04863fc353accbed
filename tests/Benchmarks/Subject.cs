using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Smb1Exporter.Benchmarks;

/// <summary>A program that is measured.</summary>
internal sealed class Subject(string name, string program, string[] arguments)
{
    private readonly List<Run> _runs = [];

    /// <param name="Elapsed">Seconds from its start to its end.</param>
    /// <param name="Processor">Seconds that its threads ran, those of the kernel for it included.</param>
    /// <param name="Output">What it wrote.</param>
    internal sealed record Run(double Elapsed, double Processor, string Output);

    public string Name => name;

    public double Elapsed => MedianOf(run => run.Elapsed);

    public double Processor => MedianOf(run => run.Processor);

    /// <summary>What it wrote in its last run.</summary>
    public string Output => _runs[^1].Output;

    public double MedianOf(Func<Run, double> value)
    {
        var values = _runs.Select(value).Order().ToArray();
        return values[values.Length / 2];
    }

    public async Task RunAsync(bool keep)
    {
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", "TIMEFORMAT='%U %S'; time \"$@\"", "-", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new Win32Exception();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{name} ended with exit code {process.ExitCode}: {await error}");
        }

        if (keep)
        {
            var processor = (await error).TrimEnd().Split('\n')[^1].Split(' ').Sum(seconds => double.Parse(seconds, CultureInfo.InvariantCulture));
            _runs.Add(new Run(elapsed, processor, output.Trim()));
        }
    }
}
