using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Samba in a container, and the exporter beside it: what images and orchestrators set up.</summary>
public sealed class ContainerTests
{
    // After the two files comes the program.
    private const string MountFile = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"";

    [FieldFact("ServerContainers/samba#143: log file = /dev/stdout, log level = 3")]
    public async Task Where_smbd_logs_to_its_output_auditing_gets_a_file_and_the_rest_of_smb_conf_stays()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(FieldSmbConf.Options("container-smb.conf"));
        var before = await FieldSmbConf.ReadAsync(samba);

        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();
        await SmbClient.ConnectAsync(samba, "NT1");

        await exporter.ThenCountsAsync("127.0.0.1", 1);
        Assert.Equal(
            [$"   log level = 3 auth_json_audit:5@{samba.AuditLog}"], FieldSmbConf.LinesChanged(before, await FieldSmbConf.ReadAsync(samba)));
    }

    [FieldFact("dperson/samba#207, dockur/samba#4 and #38: smb.conf mounted as a single file (\"Resource busy\")")]
    public async Task An_smb_conf_that_is_mounted_by_itself_stays_as_it_is_and_the_remedy_is_told()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync();
        var (inside, folderInside) = (site["etc/smb.conf"], site.Subfolder("etc"));
        await File.WriteAllTextAsync(inside, "", TestContext.Current.CancellationToken);
        await SkipWithoutMountsAsync(samba.ConfigFile, inside);
        var before = await FieldSmbConf.ReadAsync(samba);
        var filesBefore = Directory.GetFiles(samba.Folder).Order();

        var program = Programs.Exporter(Programs.PreferredBuild);
        string[] arguments =
        [
            .. ExporterArguments.ForSamba(site.Folder, samba),
            $"--Exporter:Samba:ConfigFile={inside}",
            "--Exporter:AuditingCheckInterval=00:00:01",
        ];
        var exporter = site.Own(await ExporterProcess.StartAsync(
            port => WithMount(samba.ConfigFile, inside, [program, .. arguments, "--urls", $"http://127.0.0.1:{port}"])));
        await Then.SoonAsync(
            () => Task.FromResult(exporter.Process.Output),
            output => output.Contains("mount its directory instead", StringComparison.Ordinal)
                && output.Split("switching it on").Length > 3,
            "the remedy is told, and switching on is tried again");
        Assert.Equal(0, (await exporter.ScrapeAsync()).ValueOf("smb1_auditing_enabled"));

        // Each second another try is under way; between two, nothing of those before may lie there.
        await Then.SoonAsync(
            () => Task.FromResult(Directory.GetFileSystemEntries(folderInside)),
            entries => entries is [var only] && only == inside,
            "a try leaves nothing beside smb.conf",
            entries => string.Join(", ", entries));
        exporter.Process.Terminate();
        await exporter.Process.WaitForExitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(before, await FieldSmbConf.ReadAsync(samba));
        Assert.Equal(filesBefore, Directory.GetFiles(samba.Folder).Order());
    }

    [FieldFact("opentelemetry-dotnet#6737 and #6461, opentelemetry-specification#4847: OTEL_RESOURCE_ATTRIBUTES is percent-encoded")]
    public async Task Customer_and_host_of_OTEL_RESOURCE_ATTRIBUTES_are_the_labels_as_they_were_meant()
    {
        await using var site = new Site();

        var exporter = await ExporterWithAttributesAsync(site);

        Assert.Equal("smb1_excluded_attempts_total{customer=\"Müller & Söhne, K=1\",host_name=\"fs-01\"}", await SeriesAsync(exporter));
    }

    [FieldFact("opentelemetry-specification#4847: OTEL_RESOURCE_ATTRIBUTES of an orchestrator beside the program's own settings")]
    public async Task Settings_win_over_OTEL_RESOURCE_ATTRIBUTES()
    {
        await using var site = new Site();

        var exporter = await ExporterWithAttributesAsync(site, "--Exporter:Customer=Contoso", "--Exporter:HostName=FS01");

        Assert.Equal("smb1_excluded_attempts_total{customer=\"Contoso\",host_name=\"FS01\"}", await SeriesAsync(exporter));
    }

    private static async Task<string> SeriesAsync(ExporterProcess exporter) =>
        Assert.Single((await exporter.ScrapeAsync()).Of("smb1_excluded_attempts_total")).Series;

    private static async Task<ExporterProcess> ExporterWithAttributesAsync(Site site, params string[] settings)
    {
        await File.WriteAllTextAsync(site["audit.log"], "", TestContext.Current.CancellationToken);
        string[] arguments =
        [
            "--Exporter:Source=Samba",
            "--Exporter:EnableAuditing=false",
            $"--Exporter:Samba:AuditLog={site["audit.log"]}",
            "--Exporter:OwnConnections=Off",
            $"--Exporter:Samba:ConfigFile={site["none.conf"]}",
            $"--Exporter:StateFile={site["exporter.db"]}",
            .. settings,
        ];
        var program = Programs.Exporter(Programs.PreferredBuild);
        return site.Own(await ExporterProcess.StartAsync(port => ChildProcess.Start(
            program,
            [.. arguments, "--urls", $"http://127.0.0.1:{port}"],
            new Dictionary<string, string?>
            {
                ["OTEL_RESOURCE_ATTRIBUTES"] =
                    "service.namespace=lab,customer=M%C3%BCller%20%26%20S%C3%B6hne%2C%20K%3D1,"
                    + "host.name=fs%2D01,deployment.environment=prod%",
            })));
    }

    /// <summary>Runs a command to which a file is mounted upon another one; nobody else sees the mount.</summary>
    private static ChildProcess WithMount(string source, string target, IEnumerable<string> command) =>
        ChildProcess.Start("unshare", ["--mount", "sh", "-c", MountFile, "sh", source, target, .. command]);

    private static async Task SkipWithoutMountsAsync(string source, string target)
    {
        await using var attempt = WithMount(source, target, ["true"]);
        var code = await attempt.WaitForExitAsync(TimeSpan.FromSeconds(10));
        Assert.SkipUnless(code == 0, $"no mounts of one's own are allowed here: {attempt.Output}");
    }
}
