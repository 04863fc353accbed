using Smb1Exporter.Counting;

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
    [InlineData("fe80::/10", "fe80::1", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData(" 10.0.0.5 ", "10.0.0.5", true)]
    [InlineData("10.0.0.0/8", "scanner01", false)]
    public void Addresses_and_ranges_are_matched(string entry, string client, bool excluded) =>
        Assert.Equal(excluded, ClientExclusions.Parse([entry]).Contains(client));

    [Theory]
    [InlineData("scanner01", "scanner01")]
    [InlineData("10.0.0", "'10.0.0'")]
    [InlineData("10/8", "'10/8'")]
    [InlineData("10.0.0.0/33", "between 0 and 32")]
    [InlineData("10.0.0.0/", "between 0 and 32")]
    [InlineData("10.0.0.5/8", "10.0.0.0/8")]
    public void A_wrong_entry_is_named_with_the_remedy(string entry, string expected)
    {
        var e = Assert.Throws<FormatException>(() => ClientExclusions.Parse([entry]));
        Assert.Contains($"'{entry}'", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }
}
