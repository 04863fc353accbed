using System.Diagnostics;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>How much of a processor a program uses, as top shows it.</summary>
internal static class ProcessorUse
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(3);

    /// <summary>Asserts that it comes to use next to nothing.</summary>
    /// <param name="atMost">The part of one processor.</param>
    public static Task ThenIsIdleAsync(this HttpServerProcess server, double atMost) =>
        Then.SoonAsync(() => ShareAsync(server.Process), share => share <= atMost, $"it uses at most {atMost:P0} of a processor", share => $"{share:P0}");

    /// <summary>The part of one processor that it used over some seconds; more than 1 where it used several.</summary>
    private static async Task<double> ShareAsync(ChildProcess program)
    {
        var (watch, before) = (Stopwatch.StartNew(), TimeOf(program));
        await Task.Delay(Span);
        return (TimeOf(program) - before) / watch.Elapsed;
    }

    private static TimeSpan TimeOf(ChildProcess program)
    {
        using var process = Process.GetProcessById(program.Id);
        return process.TotalProcessorTime;
    }
}
