using System.Globalization;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>Servers that record the exporter's own log-on, and not each client's: a proof of one client is none of all.</summary>
public sealed class ReadyThoughLostTests
{
    private const string Lost = "127.0.0.9";

    [Theory]
    [InlineData("include = {0}/%I.conf", "%I")]
    [InlineData("include = {0}/%m.conf", "%m")]
    [InlineData("config file = {0}/smb-%I.conf", "%I")]
    public async Task Nothing_is_covered_where_some_clients_have_a_configuration_of_their_own_and_it_is_told(string line, string macro)
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions
        {
            LogLevel = SambaServerOptions.Audited,
            GlobalLines = [string.Format(CultureInfo.InvariantCulture, line, site.Folder)],
        });
        await GivenConfigurationOfOneClientAsync(site, samba);
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);

        var first = await exporter.ThenSeesAsync(seen => seen is { Served: true, AuditedAt: not "" }, "the server was asked");
        await SmbClient.ConnectAsync(samba, "NT1", Lost);
        await SmbClient.ConnectAsync(samba, "NT1");
        await exporter.ThenCountsAsync("127.0.0.1", 1);
        var second = await exporter.WhenAnsweredAgainAsync(first);
        var seen = await exporter.WhenAnsweredAgainAsync(second);

        Assert.DoesNotContain(Lost, (await exporter.ScrapeAsync()).AttemptsByClient().Keys);
        Assert.True(seen is { Covered: 0, Quiet: 0 }, seen.ToString());
        Assert.False(seen.Verdict is Verdicts.Ready or Verdicts.Off, seen.ToString());
        await exporter.ThenPageSaysAsync(macro);
    }

    [Theory]
    [InlineData("%L")]
    [InlineData("%U")]
    public async Task Nothing_is_covered_where_a_name_has_a_configuration_of_its_own_and_file_and_line_are_told(string macro)
    {
        await using var site = new Site();
        await File.WriteAllTextAsync(site["of-oldnas.conf"], "# for the old scanner\nlog level = 0\n", TestContext.Current.CancellationToken);
        var samba = await site.SambaAsync(new SambaServerOptions
        {
            LogLevel = SambaServerOptions.Audited,
            GlobalLines = ["netbios aliases = OLDNAS", $"include = {site.Folder}/of-{macro}.conf"],
        });
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);

        var first = await exporter.ThenSeesAsync(seen => seen is { Served: true, AuditedAt: not "" }, "the server was asked");
        var seen = await exporter.WhenAnsweredAgainAsync(await exporter.WhenAnsweredAgainAsync(first));

        Assert.True(seen is { Covered: 0, Quiet: 0 }, seen.ToString());
        await exporter.ThenPageSaysAsync(macro, $"{site["of-oldnas.conf"]}, line 2");
    }

    /// <summary>Its sessions leave no record.</summary>
    private static async Task GivenConfigurationOfOneClientAsync(Site site, SambaServer samba)
    {
        await File.WriteAllTextAsync(site[$"{Lost}.conf"], "log level = 0\n", TestContext.Current.CancellationToken);
        var whole = (await File.ReadAllTextAsync(samba.ConfigFile, TestContext.Current.CancellationToken))
            .Replace("auth_json_audit:5", "auth_json_audit:0", StringComparison.Ordinal);
        await File.WriteAllTextAsync(site[$"smb-{Lost}.conf"], whole, TestContext.Current.CancellationToken);
    }
}
