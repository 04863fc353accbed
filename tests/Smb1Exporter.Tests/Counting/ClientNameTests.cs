using CsCheck;
using Smb1Exporter.Counting;

namespace Smb1Exporter.Tests.Counting;

public sealed class ClientNameTests
{
    [Theory]
    [InlineData("Scanner01.Contoso.Example.", "scanner01.contoso.example")]
    [InlineData("\\\\SCANNER01", "scanner01")]
    [InlineData("nas_1", "nas_1")]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("a b", null)]
    [InlineData("a\u0000b", null)]
    [InlineData("a\nb", null)]
    [InlineData("\u202eevil", null)]
    [InlineData("bücher.example", null)]
    [InlineData("a..b", null)]
    [InlineData("192.168.1.214", null)]
    [InlineData("localhost", null)]
    [InlineData("214.1.168.192.in-addr.arpa", null)]
    public void A_name_is_a_host_name_in_lower_case_or_none(string? raw, string? expected) => Assert.Equal(expected, ClientName.Canonicalize(raw));

    [Fact]
    public void It_is_at_most_253_characters_long()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('a', 63), 4))[..253];
        Assert.Equal(name, ClientName.Canonicalize(name));
        Assert.Null(ClientName.Canonicalize(name + "a"));
        Assert.Null(ClientName.Canonicalize(new string('a', 64)));
    }

    [Fact]
    public void Whatever_comes_in_nothing_comes_out_that_a_page_or_a_ticket_would_have_to_escape() => Gen.String.Sample(raw =>
        ClientName.Canonicalize(raw)?.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '-' or '_') ?? true);
}
