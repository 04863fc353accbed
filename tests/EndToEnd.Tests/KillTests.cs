using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

public class KillTests : IDisposable
{
    private const int Clients = 200;
    private const int RecordsPerKill = 400;
    private const int RecordsPerFile = 4_000;
    private readonly TemporaryFolder _folder = new();

    /// <summary>How often the exporter is killed.</summary>
    protected virtual int Kills => 50;

    private int Records => Kills * RecordsPerKill;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Killed_at_random_moments_the_exporter_shows_no_fall_and_ends_with_exact_totals()
    {
        var seed = RandomSeed.Next(TestContext.Current.TestOutputHelper!.WriteLine);
        var log = new AuditLogWriter(_folder["audit.log"], TimeProvider.System);

        // Looking and rising often, it commits often: a kill comes in the middle of it now and then.
        IReadOnlyList<string> arguments =
            [.. ExporterArguments.ForLog(_folder.Path, log.Path, birthHoldSeconds: 0.2), "--Exporter:PollInterval=00:00:00.100"];
        var program = Programs.Exporter(Programs.PreferredBuild);
        var port = FreePorts.Next();
        await using var watcher = new ScrapeWatcher(port);
        using var allKilled = new CancellationTokenSource();

        var writing = WriteAsync(log, watcher, new Random(seed), allKilled.Token);
        await KillAgainAndAgainAsync(program, arguments, port, watcher, new Random(seed ^ 1));
        await allKilled.CancelAsync();
        var expected = await writing;

        await using var exporter = await ExporterProcess.StartAsync(Programs.PreferredBuild, arguments, port);

        // What comes last is shown last: then all that will ever be counted is.
        const string Marker = "10.9.9.9";
        log.WriteConnection(Marker, 1);
        expected[Marker] = 1;
        var end = await exporter.WhenCountedAsync(Marker, 1);

        Assert.Equal(expected, end.AttemptsByClient());
        Assert.True(watcher.Faults.Count == 0, string.Join('\n', watcher.Faults.Take(10)));
        TestContext.Current.TestOutputHelper!.WriteLine($"Scrapes: {watcher.Scrapes}, with rises: {watcher.Rises}; rotations: {log.Rotations}");
        Assert.True(watcher.Rises >= Kills / 2, $"only {watcher.Rises} of {watcher.Scrapes} scrapes showed a rise");
        Assert.True(log.Rotations >= 2, $"only {log.Rotations} rotations");
        Assert.Equal(0, end.ValueOf("smb1_audit_gaps_total"));
        Assert.All(end.Of("smb1_audit_read_errors_total"), errors => Assert.Equal(0, errors.Value));
        Assert.Equal(expected.Count, end.ValueOf("smb1_tracked_clients"));
    }

    /// <summary>Every other time at a moment of the start, else at a moment after the first answer, however slow the machine is.</summary>
    private async Task KillAgainAndAgainAsync(
        string program, IReadOnlyList<string> arguments, int port, ScrapeWatcher watcher, Random random)
    {
        for (var kill = 1; kill <= Kills; kill++)
        {
            var before = watcher.Scrapes;
            await using var exporter = ExporterProcess.Launch(program, arguments, port);
            if (kill % 2 == 0)
            {
                await Eventually.TrueAsync(() => exporter.HasExited || watcher.Scrapes > before, "the exporter answers");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 1000)));
            Assert.False(exporter.HasExited, $"The exporter ended by itself before kill {kill}:\n{exporter.Output}");
            exporter.Kill();
            await exporter.WaitForExitAsync(TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Spreads the records over the time of the kills; what is left then is written at once.</summary>
    /// <returns>Connections written, by client.</returns>
    private async Task<Dictionary<string, double>> WriteAsync(
        AuditLogWriter log, ScrapeWatcher watcher, Random random, CancellationToken allKilled)
    {
        var expected = new Dictionary<string, double>(StringComparer.Ordinal);
        var connections = 0;
        var rotatedAt = 0;
        var writtenAtRotation = 0;
        while (log.Records < Records)
        {
            var client = connections < Clients ? connections : random.Next(Clients);
            var address = $"10.1.{client / 100}.{(client % 100) + 1}";
            expected[address] = expected.GetValueOrDefault(address) + 1;
            connections++;
            log.WriteConnection(address, 1024 + connections, Math.Min(random.Next(1, 4), Records - log.Records));
            if (random.Next(10) == 0)
            {
                log.WriteNoise(address, 1024 + connections);
            }

            // Only once the file before is certainly read: nobody could find records in a file that was renamed twice between two reads.
            if (log.Records - rotatedAt >= RecordsPerFile && watcher.ShownAttempts >= writtenAtRotation)
            {
                log.RotateByRename();
                rotatedAt = log.Records;
                writtenAtRotation = connections;
            }

            if (connections % 5 == 0 && !allKilled.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(22), CancellationToken.None);
            }
        }

        return expected;
    }
}
