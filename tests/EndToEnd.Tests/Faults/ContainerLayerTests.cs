using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>The log is part of a container's image: the first write to it makes it another file under the same name.</summary>
public sealed class ContainerLayerTests
{
    private const string Client = "10.9.1.1";
    private const string Later = "10.9.1.2";
    private const string Log = "auth_audit.log";

    [FieldFact("Samba in a container whose image holds a log: a gap was told where nothing was lost")]
    public async Task A_log_that_is_copied_up_to_another_file_system_counts_once_without_a_gap()
    {
        await using var site = new Site();
        new AuditLogWriter(Path.Combine(site.Subfolder("image"), Log), TimeProvider.System).WriteConnections(Client, 5);
        await site.LayeredFolderAsync("logs", site["image"], await site.SmallDiskAsync("changes", kibibytes: 4096));

        await ThenCountsOnceWithoutGapAsync(site);
    }

    [FieldFact("Samba in a container whose image holds a log, image and changes on one disk")]
    public async Task A_log_that_is_copied_up_within_a_file_system_counts_once_without_a_gap()
    {
        await using var site = new Site();
        var disk = await site.SmallDiskAsync("disk", kibibytes: 4096);
        var image = Directory.CreateDirectory(disk["image"]).FullName;
        new AuditLogWriter(Path.Combine(image, Log), TimeProvider.System).WriteConnections(Client, 5);
        await site.LayeredFolderAsync("logs", image, disk);

        await ThenCountsOnceWithoutGapAsync(site);
    }

    private static async Task ThenCountsOnceWithoutGapAsync(Site site)
    {
        var log = new AuditLogWriter(Path.Combine(site["logs"], Log), TimeProvider.System);
        var exporter = await site.ExporterForLogAsync(log.Path);
        await exporter.WhenCountedAsync(Client, 5);

        log.WriteConnection(Later, port: 1);
        await exporter.ThenCountsAsync(Later, 1);
        log.WriteConnection(Later, port: 2);
        var end = await exporter.ThenCountsAsync(Later, 2);

        Assert.Equal(5, end.AttemptsByClient()[Client]);
        Assert.True(end.ValueOf("smb1_audit_gaps_total") == 0, $"nothing was lost; {end.Health()}");
    }
}
