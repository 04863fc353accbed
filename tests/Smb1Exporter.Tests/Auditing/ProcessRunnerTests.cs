using System.Diagnostics;
using System.Globalization;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.Tests.Auditing;

public class ProcessRunnerTests
{
    [Fact]
    public async Task A_program_has_ended_although_what_it_started_still_holds_its_output()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no sh on Windows");
        var runner = new ProcessRunner(TimeProvider.System);

        var result = await runner.RunAsync(
            "sh", ["-c", "sleep 600 & echo $!"], TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(0, result.ExitCode);
        using var left = Process.GetProcessById(int.Parse(result.Output, CultureInfo.InvariantCulture));
        left.Kill();
    }

    [Fact]
    public async Task Of_a_program_that_prints_without_end_only_so_much_is_kept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no sh on Windows");
        var runner = new ProcessRunner(TimeProvider.System);

        var result = await runner.RunAsync(
            "sh", ["-c", "head -c 20000000 /dev/zero; echo short >&2"], TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal((0, ProcessRunner.LongestOutput, true), (result.ExitCode, result.Output.Length, result.IsCut));
        Assert.Equal("short\n", result.Error);
    }
}
