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

    [FieldFact("A slow script that keeps the last lines of a log, whose copy is named as a rotated log is")]
    public Task A_log_that_is_replaced_by_a_copy_named_like_a_rotated_log_counts_once() =>
        TrimmedLogCountsOnceAsync("tail -n +2 log >log.new && sleep 1 && mv log.new log");

    [FieldFact("The newest line, which had been read, deleted with sed and cat")]
    public Task A_log_whose_last_line_is_deleted_in_place_counts_once_with_a_gap() =>
        TrimmedLogCountsOnceAsync("sed '$d' log >new && cat new >log", leavesGap: true);

    [FieldFact("The newest line, which had been read, deleted with sed -i: 200 attempts were shown of 100")]
    public Task A_log_whose_last_line_is_deleted_with_sed_counts_once_with_a_gap() => TrimmedLogCountsOnceAsync("sed -i '$d' log", leavesGap: true);

    /// <param name="trim">Changes the file "log".</param>
    /// <param name="leavesGap">Nobody can tell where reading is to go on.</param>
    private static async Task TrimmedLogCountsOnceAsync(string trim, bool leavesGap = false)
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

        // Where it sees the log only when both are done, the new record stands just where the deleted one stood.
        if (leavesGap)
        {
            await exporter.Process.PauseAsync();
        }

        await using (var shell = await ChildProcess.RunAsync("sh", ["-c", trim], workingDirectory: site.Subfolder("logs")))
        {
            Assert.SkipUnless(shell.ExitCode == 0, shell.Output);
        }

        // What is written afterwards is read afterwards: then all that will ever be counted is.
        log.WriteConnection(Marker, port: 2);
        exporter.Process.Resume();
        var scrape = await exporter.ThenCountsAsync(Marker, 2);
        Assert.True(scrape.AttemptsByClient()[Client] == Attempts, $"{Attempts} attempts became {scrape.AttemptsByClient()[Client]}; {scrape.Health()}");
        Assert.True(!leavesGap || scrape.ValueOf("smb1_audit_gaps_total") > 0, $"a gap is told; {scrape.Health()}");
    }
}
