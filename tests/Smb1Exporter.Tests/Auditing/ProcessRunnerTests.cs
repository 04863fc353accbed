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
}
