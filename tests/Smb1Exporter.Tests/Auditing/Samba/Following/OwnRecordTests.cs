using System.Net;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

/// <summary>Records of connections that the exporter made itself are reported to whoever waits for them.</summary>
public sealed class OwnRecordTests
{
    private const string Own = "ipv4:10.0.0.1:7";

    [LinuxFact]
    public void Those_that_are_awaited_are_reported_be_they_of_SMB1_or_2_and_no_others()
    {
        using var rig = new LogRig();
        rig.Own.Await(Own);
        rig.Append("audit.log", Smb2(7) + Smb2(8) + Smb2(7, "Authorization") + LogRig.Line(7));

        var batch = rig.ReadOnce();

        Assert.Equal([new OwnRecord(Own, false), new OwnRecord(Own, true), new OwnRecord(Own, false)], batch.OwnRecords);
        Assert.Equal([7], batch.Records.Select(LogRig.NumberOf));
    }

    [LinuxFact]
    public void A_name_that_quotes_our_address_is_no_record_of_ours()
    {
        using var rig = new LogRig();
        rig.Own.Await(Own);
        rig.Append("audit.log", Smb2(8, account: "\\\"ipv4:10.0.0.1:7\\\"") + Smb2(8, account: Own));

        Assert.Empty(rig.ReadOnce().OwnRecords);
    }

    [LinuxFact]
    public void Nothing_is_reported_that_nobody_awaits_any_more()
    {
        using var rig = new LogRig();
        rig.Own.Await(Own);
        rig.Own.Forget();
        rig.Append("audit.log", Smb2(7));

        Assert.Empty(rig.ReadOnce().OwnRecords);
    }

    [LinuxFact]
    public void A_record_whose_end_was_not_written_is_none_and_the_batch_says_that_something_waits()
    {
        using var rig = new LogRig();
        rig.Own.Await(Own);
        rig.Append("audit.log", Smb2(7)[..^40]);

        var batch = rig.ReadOnce();

        Assert.Empty(batch.OwnRecords);
        Assert.True(batch.HasUnfinished);
    }

    [Theory]
    [InlineData("127.0.0.1", "ipv4:127.0.0.1:445")]
    [InlineData("::1", "ipv6:::1:445")]
    [InlineData("fe80::1%3", "ipv6:fe80::1:445")]
    public void An_address_is_named_as_Samba_names_it(string address, string name) =>
        Assert.Equal(name, OwnConnections.NameOf(new IPEndPoint(IPAddress.Parse(address), 445)));

    private static string Smb2(int number, string type = "Authentication", string account = "nobody") => LogRig.Line(number, account)
        .Replace("\"SMB\"", "\"SMB2\"", StringComparison.Ordinal)
        .Replace("Authentication", type, StringComparison.Ordinal);
}
