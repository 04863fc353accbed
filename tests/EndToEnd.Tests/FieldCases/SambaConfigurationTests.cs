using System.Text;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Configurations of Samba that are not like a distribution's: a NAS maker's file, the registry, a charset from before UTF-8.</summary>
public sealed class SambaConfigurationTests
{
    [FieldFact("smb.conf of QNAP and Synology as people post it: unknown parameters, CRLF, Latin-1, a level in two lines")]
    public async Task In_the_smb_conf_of_a_NAS_one_line_changes_and_every_other_byte_stays()
    {
        await using var site = new Site();
        var samba = await StartNasAsync(site);
        var before = await LinesOfAsync(samba);

        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.ThenAuditsAsync();
        await SmbClient.ConnectAsync(samba, "NT1");
        await exporter.ThenCountsAsync("127.0.0.1", 1);

        var after = await LinesOfAsync(samba);
        Assert.Equal(before.Length, after.Length);
        var changed = Assert.Single(before.Zip(after), pair => pair.First != pair.Second);
        Assert.Equal(("   passdb:1\r", $"   passdb:1 auth_json_audit:5@{samba.AuditLog}\r"), changed);
    }

    private static async Task<SambaServer> StartNasAsync(Site site)
    {
        try
        {
            return await site.SambaAsync(new SambaServerOptions { Configuration = NasConfiguration });
        }
        catch (Exception e) when (e.Message.Contains("canonicalize_servicename", StringComparison.Ordinal))
        {
            Assert.Skip("this Samba (4.25) crashes at names of shares that are not UTF-8");
            throw;
        }
    }

    [FieldFact("samba-in-kubernetes/sambacc, TrueNAS: \"include = registry\", with the log level in Samba's registry")]
    public async Task Where_the_registry_overrides_the_file_this_is_told_and_the_remedy_works()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { GlobalLines = ["include = registry"] });
        await SetInRegistryAsync(samba, "log level", "1");
        var before = await LinesOfAsync(samba);

        var exporter = await site.ExporterForSambaAsync(samba, "--Exporter:AuditingCheckInterval=00:00:02");
        await Then.SoonAsync(
            () => Task.FromResult(exporter.Process.Output),
            output => output.Contains("Auditing could not be switched on: ", StringComparison.Ordinal)
                && output.Contains("a later line, an included file", StringComparison.Ordinal),
            "what overrides the file is told");
        Assert.Equal(before, await LinesOfAsync(samba));
        Assert.Equal(0, (await exporter.ScrapeAsync()).ValueOf("smb1_auditing_enabled"));

        await SetInRegistryAsync(samba, "log level", $"1 auth_json_audit:5@{samba.AuditLog}");
        await exporter.ThenAuditsAsync();
        await SmbClient.ConnectAsync(samba, "NT1");
        await exporter.ThenCountsAsync("127.0.0.1", 1);
        Assert.Equal(before, await LinesOfAsync(samba));
    }

    [FieldFact("openwrt/packages#18557 and many smb.conf in public: unix charset = ISO8859-15, with which smbd drops records of names beyond ASCII")]
    public async Task Attempts_of_an_account_with_an_umlaut_are_counted_or_told_to_be_missing()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions
        {
            GlobalLines = ["dos charset = CP850", "unix charset = ISO8859-15", "map to guest = Never"],
        });
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();
        await FailToSignInAsync(samba, "buero");
        await exporter.WhenCountedAsync("127.0.0.1", 1);

        for (var i = 0; i < 5; i++)
        {
            await FailToSignInAsync(samba, "büro");
        }

        await Then.SoonAsync(
            LookAsync,
            seen => seen.Attempts == 6 || seen.ReadErrors > 0 || seen.Gaps > 0 || seen.Told,
            "six attempts are counted, or some are told to be missing");

        async Task<(double Attempts, double ReadErrors, double Gaps, bool Told)> LookAsync()
        {
            await using var check = await ChildProcess.RunAsync(
                Programs.Exporter(Programs.PreferredBuild), ["check", .. ExporterArguments.ForSamba(site.Folder, samba)]);
            var scrape = await exporter.ScrapeAsync();
            return (
                scrape.AttemptsByClient()["127.0.0.1"],
                scrape.Of("smb1_audit_read_errors_total").Sum(sample => sample.Value),
                scrape.ValueOf("smb1_audit_gaps_total"),
                check.ExitCode != 0 || exporter.Process.Output.Contains("unix charset", StringComparison.Ordinal));
        }
    }

    private static byte[] NasConfiguration(string folder, IReadOnlyList<string> linesThatKeepItApart)
    {
        var text = FieldSample.Read("nas-smb.conf")
            .Replace("@PRIVATE@", string.Join('\n', linesThatKeepItApart).Replace(" = ", "=", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("@FOLDER@", folder, StringComparison.Ordinal)
            .ReplaceLineEndings("\r\n");
        var endOfFirstLine = text.IndexOf('\n', StringComparison.Ordinal) + 1;
        var japanese = CodePagesEncodingProvider.Instance.GetEncoding("EUC-JP")!;
        return [.. japanese.GetBytes(text[..endOfFirstLine]), .. Encoding.Latin1.GetBytes(text[endOfFirstLine..])];
    }

    private static async Task SetInRegistryAsync(SambaServer samba, string parameter, string value)
    {
        await using var net = await ChildProcess.RunAsync(
            "net", [$"--configfile={samba.ConfigFile}", "conf", "setparm", "global", parameter, value]);
        Assert.True(net.ExitCode == 0, net.Output);
        await samba.ReloadAsync(TestContext.Current.CancellationToken);
    }

    private static async Task FailToSignInAsync(SambaServer samba, string account)
    {
        await using var client = await ChildProcess.RunAsync(
            "smbclient",
            [
                "//127.0.0.1/share", "--configfile=/dev/null", "-p", $"{samba.Port}", "-U", $"{account}%wrong",
                "-m", "NT1", "--option=client min protocol=NT1", "-c", "ls",
            ],
            environment: new Dictionary<string, string?> { ["LC_ALL"] = "C.UTF-8" });
        if (!client.Output.Contains("NT_STATUS_LOGON_FAILURE", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{account} was to be refused for its password: {client.Output}");
        }
    }

    /// <summary>The lines of smb.conf, a byte to a character, with what ends them but for the line feed.</summary>
    private static async Task<string[]> LinesOfAsync(SambaServer samba) =>
        Encoding.Latin1.GetString(await File.ReadAllBytesAsync(samba.ConfigFile)).Split('\n');
}
