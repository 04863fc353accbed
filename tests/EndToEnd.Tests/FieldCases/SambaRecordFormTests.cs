using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Audit records in the forms that Samba releases and their settings give them.</summary>
public sealed class SambaRecordFormTests
{
    [FieldFact("Samba 4.7 and 4.8, Ubuntu 18.04: \"JSON Authentication: {…}\" under a header of log_json, among other text")]
    public async Task SMB1_clients_of_Samba_4_7_are_counted()
    {
        await using var site = new Site();
        await File.WriteAllTextAsync(site["log.kopierer"], FieldSample.Read("samba-4.7.log"), TestContext.Current.CancellationToken);

        var exporter = await site.ExporterForLogAsync(site["log.%m"]);

        await exporter.ThenCountsAsync("10.7.0.11", 1);
        var scrape = await exporter.ThenCountsAsync("10.7.0.12", 1);
        Assert.DoesNotContain("10.7.0.50", scrape.AttemptsByClient().Keys);
    }

    [FieldFact("link-local clients (\"%eth0\", \"%2\", without), IPv4 written as IPv6, NetBIOS port 139: remoteAddress as smbd writes it")]
    public async Task A_client_is_one_however_its_address_is_written()
    {
        await using var site = new Site();
        await File.WriteAllTextAsync(site["audit.log"], FieldSample.Read("samba-addresses.log"), TestContext.Current.CancellationToken);

        var exporter = await site.ExporterForLogAsync(site["audit.log"]);

        await exporter.ThenCountsAsync("fe80::5054:ff:fe12:3456", 3);
        var scrape = await exporter.ThenCountsAsync("10.7.0.61", 2);
        Assert.Equal(2, scrape.AttemptsByClient().Count);
        Assert.Equal(2, scrape.ValueOf("smb1_tracked_clients"));
        Assert.Equal(0, scrape.Of("smb1_audit_read_errors_total").Sum(errors => errors.Value));
    }
}
