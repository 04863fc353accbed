using CsCheck;
using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Tests.PlainText;

public sealed class TextLimitsTests
{
    private const string Text = "one\ntwo\nthree\nfour";

    [Theory]
    [InlineData(18, Text)]
    [InlineData(100, Text)]
    public void What_fits_is_left_as_it_is(int longest, string expected) => Assert.Equal(expected, TextLimits.Lines(Text, longest));

    [Fact]
    public void Lines_are_left_out_whole_and_counted()
    {
        var text = string.Join('\n', Enumerable.Range(1, 100).Select(number => $"line {number}"));
        var lines = TextLimits.Lines(text, 200).Split('\n');

        Assert.Equal("line 1", lines[0]);
        Assert.Equal($"… and {100 - (lines.Length - 1)} more lines, which this ticketing system has no room for", lines[^1]);
    }

    [Fact]
    public void The_last_line_left_out_is_one_line()
    {
        var last = new string('x', 200);
        Assert.Equal(
            "first\n… and 1 more line, which this ticketing system has no room for", TextLimits.Lines($"first\n{last}", 100));
    }

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdefg", 6, "abcde…")]
    [InlineData("abcd efg", 6, "abcd…")]
    [InlineData("ab👩‍🚒cd", 6, "ab…")]
    public void A_line_is_cut_between_characters(string text, int longest, string expected) => Assert.Equal(expected, TextLimits.Line(text, longest));

    [Fact]
    public void Nothing_is_ever_longer_than_its_limit() => Gen.Select(Gen.String, Gen.Int[80, 300]).Sample((text, longest) =>
    {
        Assert.InRange(TextLimits.Line(text, longest).Length, 0, longest);
        Assert.InRange(TextLimits.Lines(text, longest).Length, 0, longest);
    });
}
