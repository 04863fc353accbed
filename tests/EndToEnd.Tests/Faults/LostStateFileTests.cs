using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>The state file is gone while the exporter runs.</summary>
public sealed class LostStateFileTests
{
    private const string Client = "10.6.0.1";
    private const string Later = "10.6.0.2";
    private static readonly TimeSpan WrittenAnewWithin = TimeSpan.FromSeconds(70);

    [FieldFact("A clean-up of /var/lib under the running service: all counts were lost with the next restart, and nobody was told before")]
    public async Task A_state_file_that_is_deleted_under_the_program_loses_nothing()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["auth_audit.log"], TimeProvider.System);
        log.WriteConnections(Client, 5);
        var exporter = await site.ExporterForLogAsync(log.Path);
        await exporter.WhenCountedAsync(Client, 5);

        foreach (var file in Directory.EnumerateFiles(site.Folder, "exporter.db*"))
        {
            File.Delete(file);
        }

        log.WriteConnection(Later, port: 1);
        await Then.SoonAsync(
            () => Task.FromResult(File.Exists(site["exporter.db"])), there => there, "the state file is written anew", within: WrittenAnewWithin);
        await exporter.ThenCountsAsync(Later, 1);

        exporter.Process.Kill();
        await exporter.Process.WaitForExitAsync(TimeSpan.FromSeconds(5));

        // A state that begins anew would read nothing of the past.
        var next = await site.ExporterForLogAsync(log.Path, "--Exporter:InitialLookback=00:00:00");
        await next.ThenCountsAsync(Later, 1);
        await next.ThenCountsAsync(Client, 5);
    }
}
