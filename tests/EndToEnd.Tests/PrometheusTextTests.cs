using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>The reader on which other tests rely must itself refuse what Prometheus refuses.</summary>
public class PrometheusTextTests
{
    private const string Valid = """
        # HELP a_total Counts a.
        # TYPE a_total counter
        a_total{client_address="10.0.0.1",text="a \"quoted\" \\ back\nslash"} 3
        a_total{client_address="10.0.0.2"} 1.5e+3 1700000000000
        # a comment
        # TYPE b gauge
        b -Inf

        """;

    [Fact]
    public void Reads_names_labels_values_and_types()
    {
        var text = PrometheusText.Parse(Valid);

        Assert.Equal(3, text.Samples.Count);
        Assert.Equal(3, text.Of("a_total").Single(sample => sample["client_address"] == "10.0.0.1").Value);
        Assert.Equal("a \"quoted\" \\ back\nslash", text.Of("a_total").Single(sample => sample["client_address"] == "10.0.0.1")["text"]);
        Assert.Equal(1500, text.Samples["a_total{client_address=\"10.0.0.2\"}"].Value);
        Assert.Equal(double.NegativeInfinity, text.ValueOf("b"));
        Assert.Equal("counter", text.Types["a_total"]);
    }

    [Theory]
    [InlineData("a 1")]
    [InlineData("a\n")]
    [InlineData("a one\n")]
    [InlineData("a{b=\"c} 1\n")]
    [InlineData("a{b=\"c\" d=\"e\"} 1\n")]
    [InlineData("a{b=\"\\x\"} 1\n")]
    [InlineData("a{b=\"c\",b=\"d\"} 1\n")]
    [InlineData("9a 1\n")]
    [InlineData("a 1 2 3\n")]
    [InlineData("a 1\na 2\n")]
    [InlineData("a{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 2\n")]
    [InlineData("a{b=\"1\"} 1\nc 1\na{b=\"2\"} 1\n")]
    [InlineData("# TYPE a count\na 1\n")]
    [InlineData("# TYPE a counter\n# TYPE a gauge\na 1\n")]
    [InlineData("a 1\r\n")]
    public void Refuses_what_breaks_the_format(string text)
    {
        Assert.Throws<FormatException>(() => PrometheusText.Parse(text));
    }
}
