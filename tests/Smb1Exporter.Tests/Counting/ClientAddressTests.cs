using CsCheck;
using Smb1Exporter.Counting;

namespace Smb1Exporter.Tests.Counting;

public class ClientAddressTests
{
    [Theory]
    [InlineData("192.168.1.214", "192.168.1.214")]
    [InlineData("192.168.1.214:49152", "192.168.1.214")]
    [InlineData(" 192.168.1.214 ", "192.168.1.214")]
    [InlineData("::ffff:192.168.1.214", "192.168.1.214")]
    [InlineData("[::ffff:192.168.1.214]:445", "192.168.1.214")]
    [InlineData("FE80:0:0:0:0:0:0:1", "fe80::1")]
    [InlineData("fe80::1%12", "fe80::1")]
    [InlineData("[fe80::1%eth0]:49152", "fe80::1")]
    [InlineData("[2001:DB8::A]", "2001:db8::a")]
    [InlineData("2001:db8::1:445", "2001:db8::1:445")]
    [InlineData("SCANNER01", "scanner01")]
    [InlineData(@"\\SCANNER01", "scanner01")]
    [InlineData("Scanner01.Contoso.Example.", "scanner01.contoso.example")]
    [InlineData("scanner01:49152", "scanner01")]
    [InlineData("1", "1")]
    [InlineData("127.1", "127.1")]
    [InlineData("192.168.001.214", "192.168.001.214")]
    [InlineData("256.1.1.1", "256.1.1.1")]
    [InlineData("Büro-Scanner", "büro-scanner")]
    public void A_client_has_one_canonical_form(string raw, string expected)
    {
        Assert.True(ClientAddress.TryCanonicalize(raw, out var canonical, out _));
        Assert.Equal(expected, canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(@"\\")]
    [InlineData("...")]
    [InlineData("192.168.1.214\n10.0.0.1")]
    [InlineData("scanner\u0000")]
    [InlineData("scanner\u202Egnp")]
    [InlineData("a\u2028b")]
    public void What_is_no_client_is_refused_with_a_reason(string raw)
    {
        Assert.False(ClientAddress.TryCanonicalize(raw, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Text_that_is_no_valid_Unicode_is_refused() => Assert.False(ClientAddress.TryCanonicalize("a\uD800b", out _, out _));

    [Fact]
    public void A_name_of_255_characters_is_taken_and_a_longer_one_refused()
    {
        Assert.True(ClientAddress.TryCanonicalize(new string('a', 255), out _, out _));
        Assert.False(ClientAddress.TryCanonicalize(new string('a', 256), out _, out var problem));
        Assert.Contains("256", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_canonical_form_of_a_canonical_form_is_itself() =>
        Gen.String.Sample(raw =>
        {
            if (ClientAddress.TryCanonicalize(raw, out var canonical, out _))
            {
                // A name may end in what looks like a port once more ("a:1:1" never does: it has two colons).
                Assert.True(ClientAddress.TryCanonicalize(canonical, out var again, out _) ? again == canonical || canonical.Contains(':') : canonical.Length > 0);
                Assert.DoesNotContain(canonical, char.IsControl);
            }
        });
}
