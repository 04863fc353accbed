using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>The right to read is taken from the program while it runs, and given back.</summary>
public sealed class LostPermissionTests
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Before = "10.9.5.1";
    private const string Meanwhile = "10.9.5.2";
    private const string Log = "auth_audit.log";

    [FieldFact("logrotate with a create line for another group: the next log could not be read")]
    public Task A_rotated_log_that_may_not_be_read_is_told_and_nothing_of_it_is_lost() => ThenLosesNothingAsync(
        log =>
        {
            log.RotateByRename();
            new FileStream(log.Path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.None }).Dispose();
        },
        log => File.SetUnixFileMode(log.Path, OwnersFile));

    [FieldFact("chmod -R of /var/log by a hardening script: the folder could not be listed")]
    public Task A_log_folder_that_may_not_be_entered_is_told_and_nothing_is_lost() => ThenLosesNothingAsync(
        log => File.SetUnixFileMode(Path.GetDirectoryName(log.Path)!, UnixFileMode.None),
        log => File.SetUnixFileMode(Path.GetDirectoryName(log.Path)!, OwnersFile | UnixFileMode.UserExecute));

    private static async Task ThenLosesNothingAsync(Action<AuditLogWriter> take, Action<AuditLogWriter> giveBack)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can write where the program may not read");
        await using var site = new Site();
        var log = new AuditLogWriter(Path.Combine(site.Subfolder("log"), Log), TimeProvider.System);
        log.WriteConnection(Before, port: 1);
        var exporter = site.Own(await ExporterProcess.StartAsync(port => ProgramUnderTest.Exporter.StartBoundByFileModes(
            [.. ExporterArguments.ForLog(site.Folder, log.Path), $"--Exporter:Samba:ConfigFile={site["none.conf"]}", "--urls", $"http://127.0.0.1:{port}"])));
        await exporter.WhenCountedAsync(Before, 1);

        take(log);
        log.WriteConnections(Meanwhile, 3);
        await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => scrape.Of("smb1_audit_source_up") is [{ Value: 0 }],
            "it is shown that the log cannot be read",
            scrape => scrape.Health(),
            within: TimeSpan.FromMinutes(1));
        Assert.Contains(Path.GetDirectoryName(log.Path)!, exporter.Process.Output, StringComparison.Ordinal);

        giveBack(log);
        await exporter.ThenCountsAsync(Meanwhile, 3);
        var end = await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => scrape.Of("smb1_audit_source_up") is [{ Value: 1 }],
            "it is shown that the log can be read again",
            scrape => scrape.Health(),
            within: TimeSpan.FromMinutes(1));
        Assert.Equal(1, end.AttemptsByClient()[Before]);
        Assert.True(end.ValueOf("smb1_audit_gaps_total") == 0, $"nothing was lost; {end.Health()}");
    }
}
