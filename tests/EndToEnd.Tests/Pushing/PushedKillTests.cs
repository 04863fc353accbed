using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.Tests.Pushing;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Pushing;

/// <summary>What <see cref="KillTests"/> asks of scrapes, of pushes.</summary>
public sealed class PushedKillTests : IDisposable
{
    private const int Kills = 12;
    private const int Clients = 20;
    private const string Attempts = "smb1.connection.attempts";
    private const string Marker = "10.9.9.9";
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _faults = [];
    private readonly Dictionary<string, PushedPoint> _latest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _expected = new(StringComparer.Ordinal);
    private int _rises;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_at_random_moments_the_exporter_pushes_no_fall_and_no_other_start_and_ends_with_exact_totals()
    {
        var random = new Random(RandomSeed.Next(TestContext.Current.TestOutputHelper!.WriteLine));
        var log = new AuditLogWriter(_folder["audit.log"], TimeProvider.System);
        await using var collector = await FakeCollector.StartAsync();
        collector.Seen = Compare;
        var variables = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address, ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000" };
        string[] arguments =
        [
            .. ExporterArguments.ForLog(_folder.Path, log.Path, birthHoldSeconds: 0.2), "--Exporter:PollInterval=00:00:00.100", "--urls=http://127.0.0.1:0",
        ];
        var program = Programs.Exporter(Programs.PreferredBuild);
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var exporter = ChildProcess.Start(program, arguments, variables);
            var before = collector.Taken.Count;

            // Every other time before it has pushed anything.
            for (var end = random.Next(5, 60); end > 0 || (kill % 2 == 0 && collector.Taken.Count == before); end--)
            {
                Write(log, $"10.1.0.{random.Next(Clients) + 1}");
                await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
                Assert.False(exporter.HasExited, exporter.Output);
            }

            exporter.Kill();
            await exporter.WaitForExitAsync(TimeSpan.FromSeconds(5));
        }

        await using var last = ChildProcess.Start(program, arguments, variables);
        Write(log, Marker);
        var pushed = await collector.WhenTakenAsync(metrics => metrics.Of(Attempts, Marker) is [{ Value: 1 }], "what came last is pushed");

        Assert.Equal(_expected, pushed.Metrics.Of(Attempts).ToDictionary(point => point.Client!, point => point.Value));
        Assert.True(_faults.Count == 0, string.Join('\n', _faults.Take(10)));
        Assert.Equal(0, pushed.Metrics.Of("smb1.audit.gaps")[0].Value);
        TestContext.Current.TestOutputHelper!.WriteLine($"Pushes: {collector.Taken.Count}, with rises: {_rises}");
        Assert.True(_rises >= Kills / 3, $"only {_rises} of {collector.Taken.Count} pushes showed a rise");
    }

    private void Write(AuditLogWriter log, string client)
    {
        _expected[client] = _expected.GetValueOrDefault(client) + 1;
        log.WriteConnection(client, 1024 + log.Records);
    }

    private void Compare(PushedMetrics metrics)
    {
        lock (_latest)
        {
            var rises = false;
            foreach (var point in metrics.Of(Attempts))
            {
                if (_latest.TryGetValue(point.Client!, out var before) && (point.Value < before.Value || point.Start != before.Start))
                {
                    _faults.Add($"{point.Client}: {before.Value} since {before.StartTime:O}, then {point.Value} since {point.StartTime:O}");
                }

                rises |= point.Value > (before?.Value ?? 0);
                _latest[point.Client!] = point;
            }

            _rises += rises ? 1 : 0;
        }
    }
}
