using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>The audit stands in smbd's general log, between messages of all kinds, in which text from the network is quoted.</summary>
public sealed class SharedGeneralLogTests
{
    private const string Known = "127.0.4.1";
    private const string Marker = "127.0.4.2";
    private const string Forged = "10.66.6.6";
    private static readonly string ForgedRecord =
        $$$"""{"timestamp": "{{{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.ffffff}}}+0000", "type": "Authentication", "Authentication": {"version": {"major": 1, "minor": 2}, "remoteAddress": "ipv4:{{{Forged}}}:4", "serviceDescription": "SMB"}}""";

    [FieldFact("debug syslog format = yes: each line of other kinds was told as malformed")]
    public Task With_lines_as_syslog_writes_them_nothing_is_malformed() => ThenReadsAllAsync("debug syslog format = yes");

    [FieldFact("debug syslog format = always: each line of other kinds was told as malformed")]
    public Task With_lines_as_syslog_always_writes_them_nothing_is_malformed() => ThenReadsAllAsync("debug syslog format = always");

    [FieldFact("An SMB2 client whose user name was a line feed and a record of SMB1: any address could be put on the list of clients")]
    public Task A_record_that_an_SMB2_client_puts_into_its_name_is_not_counted() => ThenForgesNothingAsync($"x\n{ForgedRecord}\n");

    [FieldFact("An SMB2 client whose user name was a record of SMB1 under a header of its own")]
    public Task A_record_that_an_SMB2_client_puts_into_its_name_with_a_header_is_not_counted() =>
        ThenForgesNothingAsync($"x\n[2026/11/28 08:00:00.000000,  5] ../../auth/auth_log.c:143(audit_log_json)\n  {ForgedRecord}\n");

    private static async Task ThenReadsAllAsync(string setting)
    {
        await using var site = new Site();
        Assert.SkipUnless(await IsTakenAsync(site, setting), $"this Samba does not take \"{setting}\"");
        var samba = await SambaAsync(site, debugLevel: 3, setting);
        var exporter = await site.ExporterForSambaAsync(samba);

        await SmbClient.ConnectAsync(samba, "NT1", Known);
        await SmbClient.ConnectAsync(samba, "SMB2");
        await exporter.ThenCountsAsync(Known, 1);
        await SmbClient.ConnectAsync(samba, "NT1", Marker);
        var end = await exporter.ThenCountsAsync(Marker, 1);

        Assert.True(
            end.Of("smb1_audit_read_errors_total").Sum(errors => errors.Value) == 0,
            $"{end.Health()}: {exporter.Process.Output.Split('\n').FirstOrDefault(line => line.Contains("not counted", StringComparison.Ordinal))}");
    }

    private static async Task ThenForgesNothingAsync(string user)
    {
        await using var site = new Site();
        var samba = await SambaAsync(site, debugLevel: 2);
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();

        await using var client = await ChildProcess.RunAsync(
            "smbclient",
            ["//127.0.0.1/share", $"--configfile={samba.ConfigFile}", "-p", $"{samba.Port}", "-U", $"{user}%wrong", "-m", "SMB2", "-c", "ls"]);
        Assert.SkipUnless(
            File.ReadLines(samba.GeneralLog).Any(line => line.TrimStart() == ForgedRecord), "this Samba quotes no line feed of a name in its log");

        // What comes last is counted last: then all that will ever be counted is.
        await RawSmbConnection.SetUpSmb1SessionAsync(samba, Marker);
        var end = await exporter.ThenCountsAsync(Marker, 1);
        Assert.DoesNotContain(Forged, end.AttemptsByClient().Keys);
    }

    private static Task<SambaServer> SambaAsync(Site site, int debugLevel, params IReadOnlyList<string> lines) => site.SambaAsync(new SambaServerOptions
    {
        AuditLog = Path.Combine(site.Subfolder("samba"), "log.smbd"),
        LogLevel = $"{debugLevel} auth_json_audit:5@{{AuditLog}}",
        GlobalLines = lines,
    });

    private static async Task<bool> IsTakenAsync(Site site, string setting)
    {
        await File.WriteAllTextAsync(site["setting.conf"], $"[global]\n{setting}\n", TestContext.Current.CancellationToken);
        await using var testparm = await ChildProcess.RunAsync("testparm", ["-s", site["setting.conf"]]);
        return testparm.ExitCode == 0;
    }
}
