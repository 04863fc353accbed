using System.Diagnostics;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>A server on which nearly nobody speaks SMB1: there is nothing to count, and so nothing to store.</summary>
public sealed class Smb2TrafficTests
{
    private const string Known = "10.9.9.1";
    private const string Last = "10.9.9.2";
    private const string AfterRestart = "10.9.9.3";
    private const int Batches = 100;
    private const int LinesPerBatch = 200;

    [FieldFact("A busy server of SMB2 clients: ten writes to disk a second, with nothing to count")]
    public async Task SMB2_clients_make_it_write_next_to_nothing_and_what_comes_behind_them_counts_once()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(Path.Combine(site.Subfolder("log"), "auth_audit.log"), TimeProvider.System);
        log.WriteConnection(Known, port: 1);
        var exporter = await site.ExporterForLogAsync(log.Path);
        await exporter.WhenCountedAsync(Known, 1);
        var state = new WriteCount(site.Folder, "exporter.db*");
        await state.WhenQuietAsync();

        var watch = Stopwatch.StartNew();
        for (var batch = 0; batch < Batches; batch++)
        {
            log.WriteSmb2Connections($"10.11.0.{batch}", LinesPerBatch);
            await state.LookForAsync(TimeSpan.FromMilliseconds(100));
        }

        // The position every half minute, and as many again by chance.
        var allowed = 4 + (2 * watch.Elapsed / TimeSpan.FromSeconds(30));
        Assert.True(state.Writes <= allowed, $"the state file was written {state.Writes} times in {watch.Elapsed.TotalSeconds:0} s of SMB2 traffic");

        log.WriteConnection(Last, port: 1);
        await exporter.ThenCountsAsync(Last, 1);
        exporter.Process.Kill();
        await exporter.Process.WaitForExitAsync(TimeSpan.FromSeconds(5));

        var next = await site.ExporterForLogAsync(log.Path);
        log.WriteConnection(AfterRestart, port: 1);
        var end = await next.ThenCountsAsync(AfterRestart, 1);
        Assert.Equal(
            new Dictionary<string, double> { [Known] = 1, [Last] = 1, [AfterRestart] = 1 },
            end.AttemptsByClient().ToDictionary(StringComparer.Ordinal));
    }

    /// <summary>How often files are seen to have changed, as somebody sees who looks every few milliseconds.</summary>
    private sealed class WriteCount(string folder, string pattern)
    {
        private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);
        private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
        private string _seen = "";

        public int Writes { get; private set; }

        /// <summary>Looks until nothing is written for some time, and begins to count.</summary>
        public async Task WhenQuietAsync()
        {
            await Eventually.GetAsync(
                async () =>
                {
                    Writes = 0;
                    await LookForAsync(Quiet);
                    return Writes;
                },
                writes => writes == 0,
                "the state file is not written to");
        }

        public async Task LookForAsync(TimeSpan time)
        {
            var watch = Stopwatch.StartNew();
            do
            {
                var now = string.Join(
                    ' ', new DirectoryInfo(folder).GetFiles(pattern).OrderBy(file => file.Name).Select(file => $"{file.Name} {file.LastWriteTimeUtc.Ticks} {file.Length}"));
                Writes += now == _seen ? 0 : 1;
                _seen = now;
                await Task.Delay(LookEvery);
            }
            while (watch.Elapsed < time);
        }
    }
}
