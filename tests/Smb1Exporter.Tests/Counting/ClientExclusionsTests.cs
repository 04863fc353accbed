using Smb1Exporter.Counting;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.Counting;

public class ClientExclusionsTests
{
    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5", true)]
    [InlineData("10.0.0.5", "10.0.0.6", false)]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("0.0.0.0/0", "192.168.1.1", true)]
    [InlineData("0.0.0.0/0", "fe80::1", false)]
    [InlineData("::/0", "fe80::1", true)]
    [InlineData("::/0", "192.168.1.1", false)]
    [InlineData("fe80::/10", "fe80::1", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "11.1.2.3", false)]
    [InlineData("::ffff:0.0.0.0/96", "192.168.1.1", true)]
    [InlineData("::ffff:10.0.0.5", "10.0.0.5", true)]
    [InlineData("FE80:0:0::5", "fe80::5", true)]
    [InlineData(" 10.0.0.5 ", "10.0.0.5", true)]
    [InlineData("10.0.0.0/8", "scanner01", false)]
    public void Addresses_and_ranges_are_matched(string entry, string client, bool excluded) =>
        Assert.Equal(excluded, ClientExclusions.Parse([entry]).Contains(client));

    [Theory]
    [InlineData("SCANNER01", "scanner01", true)]
    [InlineData(@"\\Scanner01", "scanner01", true)]
    [InlineData("scanner01.contoso.example.", "scanner01.contoso.example", true)]
    [InlineData("scan_1", "scan_1", true)]
    [InlineData("scanner01", "scanner02", false)]
    [InlineData("scanner01", "scanner01.contoso.example", false)]
    [InlineData("scanner01.contoso.example", "scanner01", false)]
    public void Names_are_matched_whole_and_in_any_case(string entry, string client, bool excluded) =>
        Assert.Equal(excluded, ClientExclusions.Parse([entry]).Contains(client));

    [Theory]
    [InlineData("10.1")]
    [InlineData("167772161")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("010.0.0.1")]
    public void A_client_that_names_itself_like_an_odd_address_is_in_no_range(string name)
    {
        Assert.True(ClientAddress.TryCanonicalize(name, out var client, out _));
        Assert.False(ClientExclusions.Parse(["10.0.0.0/8", "0.0.0.0/0"]).Contains(client));
    }

    [Fact]
    public void A_client_listed_twice_is_no_fault()
    {
        var exclusions = ClientExclusions.Parse(["10.0.0.5", "10.0.0.5/32", "::ffff:10.0.0.5", "scanner01", "SCANNER01"]);
        Assert.True(exclusions.Contains("10.0.0.5"));
        Assert.True(exclusions.Contains("scanner01"));
    }

    [Fact]
    public void A_listed_name_hides_only_those_whom_the_record_names_so_in_place_of_an_address()
    {
        using var harness = new StoreHarness();
        harness.Options.ExcludedClients = ["scanner01"];
        harness.Apply(harness.Attempt(@"\\SCANNER01"), harness.Attempt("Scanner01:445"));
        harness.Apply(
            harness.Attempt("10.0.0.1") with { ClientName = "SCANNER01" },
            harness.Attempt("") with { ClientName = "SCANNER01", ClientProblem = "it is empty" });
        Assert.Equal(2, harness.Store.Current.Excluded.Total);
        Assert.Equal((1, 1), (harness.TotalOf("10.0.0.1"), harness.TotalOf("unknown")));
    }

    [Fact]
    public void Ranges_that_hold_all_addresses_are_known() =>
        Assert.Equal(["0.0.0.0/0", "::/0"], ClientExclusions.Parse(["10.0.0.0/8", "::ffff:0.0.0.0/96", "::/0"]).WholeFamilies);

    [Theory]
    [InlineData("", "is not an IP address")]
    [InlineData("10.0.0", "(192.168.1.0/24)")]
    [InlineData("10/8", "host name (scanner01)")]
    [InlineData("10.1", "is not an IP address")]
    [InlineData("1", "is not an IP address")]
    [InlineData("010.1.1.1", "is not an IP address")]
    [InlineData("0x0a.1.1.1", "is not an IP address")]
    [InlineData("10.0.0.256", "is not an IP address")]
    [InlineData("10.0.0.5.", "is not an IP address")]
    [InlineData("10.0.0.x", "is not an IP address")]
    [InlineData("10.0.0.*", "is not an IP address")]
    [InlineData("10.0.0.1-9", "is not an IP address")]
    [InlineData("10.0.0.1-10.0.0.9", "is not an IP address")]
    [InlineData("10.0.0.5 10.0.0.6", "is not an IP address")]
    [InlineData("10.0.0.5:445", "without a port")]
    [InlineData("[fe80::5]", "is not an IP address")]
    [InlineData("[fe80::5]:445", "without a port")]
    [InlineData("scanner 01", "is not an IP address")]
    [InlineData("scanner*", "is not an IP address")]
    [InlineData("localhost", "is not an IP address")]
    [InlineData("other", "remove it")]
    [InlineData("Unknown", "remove it")]
    [InlineData("10.0.0.0/33", "between 0 and 32")]
    [InlineData("10.0.0.0/", "between 0 and 32")]
    [InlineData("10.0.0.0/-1", "between 0 and 32")]
    [InlineData("10.0.0.0/+8", "between 0 and 32")]
    [InlineData("10.0.0.0/ 8", "between 0 and 32")]
    [InlineData("10.0.0.0/8/8", "between 0 and 32")]
    [InlineData("10.0.0.5/8", "10.0.0.0/8 for the range or 10.0.0.5")]
    [InlineData("::ffff:10.0.0.5/104", "10.0.0.0/8 for the range or 10.0.0.5")]
    [InlineData("fe80::5/10", "fe80::/10 for the range or fe80::5")]
    [InlineData("::ffff:0.0.0.0/90", "0.0.0.0/0")]
    [InlineData("::ffff:10.0.0.0/95", "write the IPv4 range itself, such as 10.0.0.0/24")]
    [InlineData("fe80::5%eth0", "write fe80::5")]
    [InlineData("fe80::%3/10", "write fe80::/10")]
    public void A_wrong_entry_is_named_with_the_remedy(string entry, string expected)
    {
        var e = Assert.Throws<FormatException>(() => ClientExclusions.Parse(["10.9.9.9", entry]));
        Assert.Contains($"'{entry}'", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }
}
