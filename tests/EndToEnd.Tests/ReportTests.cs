using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>smb1-exporter report, as a process of its own beside the one that counts, or after it.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ExporterBuild.Jit)]
    [InlineData(ExporterBuild.Native)]
    public async Task It_tells_what_the_running_exporter_shows_and_that_nobody_knows_once_it_is_killed(ExporterBuild build)
    {
        var log = new AuditLogWriter(_folder["audit.log"], TimeProvider.System);
        log.WriteConnection("10.0.0.1", 1001);
        var arguments = ExporterArguments.ForLog(_folder.Path, log.Path);
        await using var exporter = await ExporterProcess.StartAsync(build, [.. arguments, "--Exporter:ReadyAfter=7.00:00:00"]);
        await exporter.WhenCountedAsync("10.0.0.1", 1);

        // The first check of auditing, which decides, may come to its end between the two.
        var (_, beside) = await Eventually.GetAsync(
            async () => (Page: await exporter.Http.GetStringAsync("/report.csv", TestContext.Current.CancellationToken), Beside: await ReportAsync(build)),
            both => Verdict(both.Page) == Verdict(both.Beside),
            "both say the same");
        Assert.Contains("\nreport,exporter_running,yes,", beside, StringComparison.Ordinal);
        Assert.Contains("\nsetting,Exporter:ReadyAfter,7.00:00:00,", beside, StringComparison.Ordinal);
        Assert.Contains("\nclient,10.0.0.1,,", beside, StringComparison.Ordinal);

        exporter.Process.Kill();
        await exporter.Process.WaitForExitAsync(TimeSpan.FromSeconds(10));
        var after = await ReportAsync(build);
        Assert.Equal("unknown", Verdict(after));
        Assert.Contains("\nreport,exporter_running,no,", after, StringComparison.Ordinal);
        Assert.Contains("\nclient,10.0.0.1,,", after, StringComparison.Ordinal);
    }

    private async Task<string> ReportAsync(ExporterBuild build)
    {
        // The service's settings are not at hand where a person asks: only the file is named.
        await using var report = await ChildProcess.RunAsync(
            Programs.Exporter(build), ["report", "--csv", "-", "--html", _folder["report.html"], $"--Exporter:StateFile={_folder["exporter.db"]}"]);
        Assert.True(report.ExitCode == 0, report.Output);
        Assert.Contains("FS01</h1>", await File.ReadAllTextAsync(_folder["report.html"]), StringComparison.Ordinal);
        return report.StandardOutput;
    }

    private static string Verdict(string csv) =>
        csv.Split('\n').Single(line => line.StartsWith("verdict,verdict,", StringComparison.Ordinal)).Split(',')[2];
}
