using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>Servers that are meant to record each session, while nothing arrives in what is read: silence must not count.</summary>
public sealed class OnThoughNotRecordedTests
{
    private const string Client = "127.0.0.7";

    [Fact]
    public async Task A_level_that_an_included_file_sets_back_is_found()
    {
        await using var site = new Site();
        await File.WriteAllTextAsync(site["late.conf"], "log level = 0\n", TestContext.Current.CancellationToken);
        await ThenIsNotWatchedAsync(site, new SambaServerOptions { LogLevel = SambaServerOptions.Audited, GlobalLines = [$"include = {site["late.conf"]}"] });
    }

    [Theory]
    [InlineData("-d", "1")]
    [InlineData("--option=log level=1")]
    public async Task A_level_on_smbds_command_line_that_overrides_smb_conf_is_found(params string[] arguments)
    {
        await using var site = new Site();
        await ThenIsNotWatchedAsync(site, new SambaServerOptions { LogLevel = SambaServerOptions.Audited, Arguments = arguments });
    }

    [Theory]
    [InlineData("samba/other.log")]
    [InlineData("elsewhere/auth_audit.log")]
    public async Task Another_file_than_the_one_that_is_read_is_found_be_it_of_the_same_name(string written)
    {
        await using var site = new Site();
        site.Subfolder("elsewhere");
        await File.WriteAllTextAsync(Path.Combine(site.Subfolder("samba"), "auth_audit.log"), "", TestContext.Current.CancellationToken);
        await ThenIsNotWatchedAsync(site, new SambaServerOptions { LogLevel = $"1 auth_json_audit:5@{site[written]}" });
    }

    [Fact]
    public async Task Records_that_smbd_writes_below_a_root_directory_of_its_own_are_found_to_be_missing()
    {
        await using var site = new Site();
        var (samba, root) = (site.Subfolder("samba"), site.Subfolder("root"));
        foreach (var folder in new[] { "private", "lock", "state", "cache", "pid", "ncalrpc" })
        {
            Directory.CreateDirectory($"{root}{samba}/{folder}");
        }

        Directory.CreateDirectory($"{root}/etc");
        foreach (var file in new[] { "/etc/passwd", "/etc/group", "/etc/nsswitch.conf" })
        {
            File.Copy(file, $"{root}{file}");
        }

        await File.WriteAllTextAsync(Path.Combine(samba, "auth_audit.log"), "", TestContext.Current.CancellationToken);
        var server = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited, GlobalLines = [$"root directory = {root}"] });
        var exporter = await site.ExporterForSambaAsync(server, EvidenceSteps.AsksAllTheTime, EvidenceSteps.LeavesAuditingAlone);

        await exporter.ThenSeesAsync(seen => seen is { AuditedAnswer: Seen.No, Audited: false } && IsNotWatched(seen), "SMB1 is served and not audited");
        Assert.NotEmpty(await File.ReadAllTextAsync($"{root}{server.AuditLog}", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_folder_of_logs_on_smbds_command_line_is_found_where_an_old_log_lies_in_the_one_that_is_read()
    {
        await using var site = new Site();
        var read = Path.Combine(site.Subfolder("samba"), "log.smbd");
        await File.WriteAllTextAsync(read, "", TestContext.Current.CancellationToken);
        await ThenIsNotWatchedAsync(site, new SambaServerOptions
        {
            LogLevel = "1 auth_json_audit:5",
            AuditLog = read,
            Arguments = ["-l", site.Subfolder("elsewhere")],
        });
    }

    [Fact]
    public async Task A_log_in_a_folder_that_does_not_exist_is_found()
    {
        await using var site = new Site();
        await ThenIsNotWatchedAsync(site, new SambaServerOptions { LogLevel = SambaServerOptions.Audited, AuditLog = site["missing/auth_audit.log"] });
    }

    [Fact]
    public async Task Records_that_go_to_dev_null_are_found()
    {
        await using var site = new Site();
        await ThenIsNotWatchedAsync(site, new SambaServerOptions { LogLevel = "1 auth_json_audit:5@/dev/null" });
    }

    [Fact]
    public async Task A_level_at_which_only_some_kinds_of_sessions_are_recorded_is_not_enough_and_is_raised_where_that_is_allowed()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = "1 auth_json_audit:3@{AuditLog}" });
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.LeavesAuditingAlone);
        await exporter.ThenSeesAsync(
            seen => seen is { Served: true, Audited: false, AuditedAnswer: Seen.No, Covered: 0 }, "level 3 does not count as auditing");
        await exporter.ThenPageSaysAsync("below 5");
        await exporter.EndAsync();

        exporter = await site.ExporterForSambaAsync(samba);
        await exporter.ThenIsWatchedAsync();
    }

    [Fact]
    public async Task Records_that_go_elsewhere_from_one_moment_on_end_what_is_covered()
    {
        await using var site = new Site();
        var (samba, exporter, since) = await GivenWatchedServerAsync(site, new SambaServerOptions { LogLevel = SambaServerOptions.Audited });

        await samba.ChangeConfigurationAsync("auth_audit.log", "moved.log");
        File.Delete(samba.AuditLog);

        await ThenIsNotWatchedAnyMoreAsync(samba, exporter);
        await samba.ChangeConfigurationAsync("moved.log", "auth_audit.log");
        await exporter.ThenIsWatchedAsync();
        Assert.True(await exporter.CoveredSinceAsync() > since, "what was covered before goes on");
    }

    [Fact, Trait(Length.Trait, Length.IsLong)]
    public async Task A_full_disk_of_the_log_ends_what_is_covered()
    {
        await using var site = new Site();
        var disk = await site.SmallDiskAsync("log", kibibytes: 512);
        var (_, exporter, since) = await GivenWatchedServerAsync(
            site, new SambaServerOptions { LogLevel = SambaServerOptions.Audited, AuditLog = disk["auth_audit.log"] });

        disk.Fill();

        await exporter.ThenSeesAsync(IsNotWatched, "a log that cannot grow is not taken for silence");
        await exporter.ThenPageSaysAsync($"The disk of {disk.Folder} is full");
        disk.Free();
        await exporter.ThenIsWatchedAsync();
        Assert.True(await exporter.CoveredSinceAsync() > since, "what was covered before goes on");
    }

    private static async Task ThenIsNotWatchedAsync(Site site, SambaServerOptions options)
    {
        var samba = await site.SambaAsync(options);
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime, EvidenceSteps.LeavesAuditingAlone);

        await ThenIsNotWatchedAnyMoreAsync(samba, exporter);
    }

    private static async Task<(SambaServer Samba, ExporterProcess Exporter, DateTimeOffset Since)> GivenWatchedServerAsync(Site site, SambaServerOptions options)
    {
        var samba = await site.SambaAsync(options);
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime, EvidenceSteps.LeavesAuditingAlone);
        await exporter.ThenIsWatchedAsync();
        return (samba, exporter, (await exporter.CoveredSinceAsync())!.Value);
    }

    /// <summary>Before and after a client that left no record, whatever the configuration says: SMB1 is served, not audited, and no time is covered.</summary>
    private static async Task ThenIsNotWatchedAnyMoreAsync(SambaServer samba, ExporterProcess exporter)
    {
        var found = await exporter.ThenSeesAsync(
            seen => seen is { AuditedAnswer: Seen.No, Audited: false } && IsNotWatched(seen), "SMB1 is served and not audited");

        await SmbClient.ConnectAsync(samba, "NT1", Client);
        var again = await exporter.WhenAnsweredAgainAsync(found);

        Assert.True(IsNotWatched(again), again.ToString());
        Assert.DoesNotContain(Client, (await exporter.ScrapeAsync()).AttemptsByClient().Keys);
    }

    private static bool IsNotWatched(Seen seen) =>
        seen is { Served: true, Audited: not true, ServedAnswer: Seen.Yes, Covered: 0, Verdict: "auditing_off" or "source_down" } && seen.AuditedAnswer != Seen.Yes;
}
