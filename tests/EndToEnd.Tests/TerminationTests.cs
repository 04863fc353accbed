using System.Diagnostics;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>SIGTERM ends a program within 5 s, with everything stored.</summary>
public sealed class TerminationTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ProgramUnderTest.Exporter, 50)]
    [InlineData(ProgramUnderTest.Exporter, 400)]
    [InlineData(ProgramUnderTest.Receiver, 50)]
    [InlineData(ProgramUnderTest.Receiver, 400)]
    public async Task At_any_moment_of_the_start(ProgramUnderTest program, int milliseconds)
    {
        await using var started = ChildProcess.Start(
            program.FilePath(),
            [.. program.ValidArguments(_folder["store.db"], _folder.Path), "--urls", $"http://127.0.0.1:{FreePorts.Next()}"]);
        await Task.Delay(milliseconds, TestContext.Current.CancellationToken);

        await AssertEndsInTimeAsync(started);
        AssertQuiet(started);
    }

    [Theory]
    [InlineData(ProgramUnderTest.Exporter)]
    [InlineData(ProgramUnderTest.Receiver)]
    public async Task While_a_client_keeps_its_connection(ProgramUnderTest program)
    {
        var port = FreePorts.Next();
        await using var started = await program.StartServingAsync(program.ValidArguments(_folder["store.db"], _folder.Path), port);
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/-/healthy"), TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode);

        Assert.Equal(0, await AssertEndsInTimeAsync(started));
        AssertQuiet(started);
    }

    [Fact]
    public async Task In_the_middle_of_a_backlog_nothing_is_lost_or_counted_twice()
    {
        const int Connections = 20_000;
        var log = new AuditLogWriter(_folder["audit.log"], TimeProvider.System);
        log.WriteConnections("10.0.0.1", Connections);
        var arguments = ProgramUnderTest.Exporter.ValidArguments(_folder["store.db"], _folder.Path);
        foreach (var milliseconds in new[] { 50, 100, 150, 200, 300, 400, 500 })
        {
            await using var interrupted = ExporterProcess.Launch(Programs.Exporter(Programs.PreferredBuild), arguments, FreePorts.Next());
            await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
            await AssertEndsInTimeAsync(interrupted);
            AssertQuiet(interrupted);
        }

        await using var exporter = await ExporterProcess.StartAsync(Programs.PreferredBuild, arguments);
        log.WriteConnection("10.0.0.9", 1);
        var scrape = await exporter.WhenCountedAsync("10.0.0.9", 1);
        Assert.Equal(Connections, scrape.AttemptsByClient()["10.0.0.1"]);
        Assert.Equal(0, scrape.ValueOf("smb1_audit_gaps_total"));
        Assert.All(scrape.Of("smb1_audit_read_errors_total"), errors => Assert.Equal(0, errors.Value));
    }

    // Being told to stop is no failure.
    private static void AssertQuiet(ChildProcess ended) =>
        Assert.False(ended.Output.Contains("Exception", StringComparison.Ordinal), ended.Output);

    private static async Task<int> AssertEndsInTimeAsync(ChildProcess started)
    {
        var watch = Stopwatch.StartNew();
        started.Terminate();
        var code = await started.WaitForExitAsync(TimeSpan.FromSeconds(30));
        Assert.True(watch.Elapsed < Limit, $"It took {watch.Elapsed.TotalSeconds:F1} s to end");
        return code;
    }
}
