using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>An administrator, or a script, cuts the oldest lines off the log.</summary>
public sealed class TrimmedLogTests
{
    private const string Client = "10.9.0.1";
    private const string Marker = "10.9.0.2";
    private const int Attempts = 100;

    [FieldFact("Scripts that keep the last lines of a log: 200 attempts were shown of 100")]
    public Task A_log_that_is_trimmed_in_place_counts_once() => TrimmedLogCountsOnceAsync("tail -n +2 log >new && cat new >log");

    [FieldFact("Scripts that keep the last lines of a log: 200 attempts were shown of 100")]
    public Task A_log_that_is_replaced_by_its_end_counts_once() => TrimmedLogCountsOnceAsync("tail -n +2 log >new && mv new log");

    [FieldFact("A line deleted with sed: 200 attempts were shown of 100")]
    public Task A_log_that_is_edited_with_sed_counts_once() => TrimmedLogCountsOnceAsync("sed -i 1d log");

    private static async Task TrimmedLogCountsOnceAsync(string trim)
    {
        await using var site = new Site();
        var clock = new Clock(site["clock"]);
        var log = new AuditLogWriter(Path.Combine(site.Subfolder("logs"), "log"), TimeProvider.System);
        log.WriteConnections(Client, Attempts);
        var exporter = await site.ExporterAsync(clock.Environment, ["--Exporter:EnableAuditing=false", $"--Exporter:Samba:AuditLog={log.Path}"]);
        await exporter.WhenCountedAsync(Client, Attempts);

        // The exporter remembers a connection for a while; what is counted again within that time is only hidden.
        clock.Set(TimeSpan.FromHours(1));
        log.WriteConnection(Marker, port: 1);
        await exporter.WhenCountedAsync(Marker, 1);

        await using (var shell = await ChildProcess.RunAsync("sh", ["-c", trim], workingDirectory: site.Subfolder("logs")))
        {
            Assert.SkipUnless(shell.ExitCode == 0, shell.Output);
        }

        // What is written afterwards is read afterwards: then all that will ever be counted is.
        log.WriteConnection(Marker, port: 2);
        var scrape = await exporter.ThenCountsAsync(Marker, 2);
        Assert.True(scrape.AttemptsByClient()[Client] == Attempts, $"{Attempts} attempts became {scrape.AttemptsByClient()[Client]}; {scrape.Health()}");
    }
}
