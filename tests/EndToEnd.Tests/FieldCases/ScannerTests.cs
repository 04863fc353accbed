using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Who asks for the dialects of SMB1 without using them.</summary>
public sealed class ScannerTests
{
    private static readonly string[] OnlySmb1 = ["PC NETWORK PROGRAM 1.0", "LANMAN1.0", "LM1.2X002", "NT LM 0.12"];
    private static readonly string[] Smb1AndSmb2 = ["NT LM 0.12", "SMB 2.002", "SMB 2.???"];

    [FieldFact("metasploit-framework#8978, nmap#2123, secureCodeBox-v2#3 only negotiate; old macOS and Windows 7 offer both")]
    public async Task To_ask_for_the_dialects_of_SMB1_is_no_attempt_and_no_error()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync();
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();

        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(SmbNegotiation.Smb1, await SmbNegotiation.AskAsync(samba, OnlySmb1));
        }

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(SmbNegotiation.Smb2, await SmbNegotiation.AskAsync(samba, Smb1AndSmb2));
        }

        // Its session comes last: once it is shown, all before it has been read.
        await SmbClient.ConnectAsync(samba, "NT1", "127.0.0.9");
        var scrape = await exporter.ThenCountsAsync("127.0.0.9", 1);
        Assert.Equal(["127.0.0.9"], scrape.AttemptsByClient().Keys);
        Assert.Equal(0, scrape.Of("smb1_audit_read_errors_total").Sum(errors => errors.Value));
    }
}
