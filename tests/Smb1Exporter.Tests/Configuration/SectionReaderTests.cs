using Microsoft.Extensions.Configuration;
using Smb1Exporter.Configuration;

namespace Smb1Exporter.Tests.Configuration;

public class SectionReaderTests
{
    private enum Colour
    {
        Red,
        DarkBlue,
    }

    [Fact]
    public void Without_a_value_or_with_an_empty_one_the_default_holds()
    {
        var reader = Reader(("S:Text", ""), ("S:Flag", " "), ("S:Number", ""), ("S:Choice", ""), ("S:Duration", " "), ("S:Value", ""));
        Assert.Equal("d", reader.Text("Text", "d"));
        Assert.True(reader.Flag("Flag", true));
        Assert.Equal(7, reader.Number("Number", 7, 1, 9));
        Assert.Equal(Colour.DarkBlue, reader.Choice("Choice", Colour.DarkBlue));
        Assert.Equal(TimeSpan.FromHours(1), reader.Duration("Duration", TimeSpan.FromHours(1), TimeSpan.Zero));
        Assert.Equal("d", reader.Value("Value", "d", Path.GetFullPath, "a path"));
        Assert.Equal("d", reader.Given("Missing", "d", text => text));
        reader.ThrowIfWrong();
    }

    [Fact]
    public void Values_are_read_with_keys_and_names_in_any_case()
    {
        var reader = Reader(
            ("s:TEXT", " a b "), ("S:Flag", "TRUE"), ("S:Number", "9"), ("S:Choice", " darkblue "), ("S:Duration", "180.00:00:00"),
            ("S:Short", "0:05"), ("S:Group:Given", ""));
        Assert.Equal(" a b ", reader.Text("Text", "d"));
        Assert.True(reader.Flag("Flag", false));
        Assert.Equal(9, reader.Number("Number", 7L, 1, 9));
        Assert.Equal(Colour.DarkBlue, reader.Choice("Choice", Colour.Red));
        Assert.Equal(TimeSpan.FromDays(180), reader.Duration("Duration", TimeSpan.Zero, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromMinutes(5), reader.Duration("Short", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromDays(1)));
        Assert.Equal("", reader.Given("Group:Given", "d", text => text));
        reader.ThrowIfWrong();
    }

    [Theory]
    [InlineData("Flag", "yes", "'yes' is not true or false.")]
    [InlineData("Number", "0", "'0' is not a whole number from 1 to 9.")]
    [InlineData("Number", "+1", "'+1' is not a whole number from 1 to 9.")]
    [InlineData("Number", "99999999999999999999999", "is not a whole number from 1 to 9.")]
    [InlineData("Choice", "Green", "'Green' is not one of Red, DarkBlue.")]
    [InlineData("Choice", "1", "'1' is not one of Red, DarkBlue.")]
    [InlineData("Choice", "Red,DarkBlue", "'Red,DarkBlue' is not one of Red, DarkBlue.")]
    [InlineData("Duration", "5", "'5' is not a duration from 00:00:01 to 1.00:00:00 as [days.]hours:minutes:seconds")]
    [InlineData("Duration", "5s", "'5s' is not a duration")]
    [InlineData("Duration", "-00:00:05", "'-00:00:05' is not a duration")]
    [InlineData("Duration", "24:00:00", "'24:00:00' is not a duration")]
    [InlineData("Duration", "1.00:00:01", "'1.00:00:01' is not a duration")]
    [InlineData("Duration", "99999999.00:00:00", "'99999999.00:00:00' is not a duration")]
    [InlineData("Value", "a\0b", "'a\uFFFDb' is not a path.")]
    [InlineData("Text", "a\nb\u202Ec", "'a\uFFFDb\uFFFDc' is not a text without control characters.")]
    public void A_wrong_value_is_told_with_its_key_what_it_should_be_and_the_remedy(string key, string value, string expected)
    {
        var message = Assert.Single(ProblemsOf(($"S:{key}", value)));
        Assert.StartsWith($"S:{key}: '", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.EndsWith("Correct it, or remove it to use the default.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parser_that_knows_better_says_itself_what_is_wrong() =>
        Assert.Equal(["S:Given: '': it is empty."], ProblemsOf(("S:Given", "")));

    [Fact]
    public void A_long_value_is_shown_cut()
    {
        var message = Assert.Single(ProblemsOf(("S:Flag", new string('x', 10_000))));
        Assert.Contains("xxx…' is not true or false", message, StringComparison.Ordinal);
        Assert.True(message.Length < 400, message);
    }

    [Theory]
    [InlineData("S:Flog", "S:Flog (value 'true') is not a setting. Did you mean S:Flag? Correct or remove it.")]
    [InlineData("S:Group:Givem", "S:Group:Givem (value 'true') is not a setting. Did you mean S:Group:Given? Correct or remove it.")]
    [InlineData("S:Grup:Given", "S:Grup:Given (value 'true') is not a setting. Did you mean S:Group:Given? Correct or remove it.")]
    [InlineData("S:Temperature", "S:Temperature (value 'true') is not a setting. Keys of S are Text, Flag, Number")]
    public void An_unknown_key_is_told_with_its_value_and_the_nearest_known_one(string key, string message) =>
        Assert.StartsWith(message, Assert.Single(ProblemsOf((key, "true"))), StringComparison.Ordinal);

    [Fact]
    public void An_unknown_key_without_a_value_is_told_too() =>
        Assert.StartsWith("S:Flog is not a setting.", Assert.Single(ProblemsOf(("S:Flog", null))), StringComparison.Ordinal);

    [Theory]
    [InlineData("S:Flag:Deep", "S:Flag: must be a single value, not a section or a list.")]
    [InlineData("S:List:0:Deep", "S:List: must be a list of single values.")]
    [InlineData("S:Group", "S:Group: 'true' is not a section. Set S:Group:KEY, with KEY one of Given.")]
    [InlineData("S", "S: 'true' is not a section. Set S:KEY, with KEY one of Text, Flag, Number, Choice, Duration, Value, Given, Group:Given, List.")]
    public void A_section_where_a_value_belongs_is_told_and_so_is_the_reverse(string key, string message) =>
        Assert.Equal([message], ProblemsOf((key, "true")));

    [Fact]
    public void All_problems_are_told_at_once() => Assert.Equal(
        ["S:Flag", "S:Number", "S:List", "S:Flog"],
        ProblemsOf(("S:Flog", "x"), ("S:List", "good,bad"), ("S:Number", "x"), ("S:Flag", "x")).Select(problem => problem.Split(' ')[0].Trim(':')));

    [Theory]
    [InlineData("S:List=a, b,,")]
    [InlineData("S:List:0=a", "S:List:1= b ", "S:List:2=")]
    public void A_list_is_written_as_items_or_with_commas(params string[] settings)
    {
        var reader = Reader([.. settings.Select(setting => setting.Split('=')).Select(parts => (parts[0], (string?)parts[1]))]);
        Assert.Equal(["a", "b"], reader.List("List", _ => { }));
        reader.ThrowIfWrong();
    }

    private static SectionReader Reader(params (string Key, string? Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build(), "S");

    /// <summary>The lines about what is wrong when all kinds of keys have been read.</summary>
    private static string[] ProblemsOf(params (string Key, string? Value)[] settings)
    {
        var reader = Reader(settings);
        reader.Text("Text", "");
        reader.Flag("Flag", false);
        reader.Number("Number", 1, 1, 9);
        reader.Choice("Choice", Colour.Red);
        reader.Duration("Duration", TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        reader.Value("Value", "", Path.GetFullPath, "a path");
        reader.Given("Given", "", text => text.Length > 0 ? text : throw new FormatException("it is empty"));
        reader.Given("Group:Given", "", text => text);
        reader.List("List", items => _ = items.Contains("bad") ? throw new FormatException("'bad' is bad") : items);
        var lines = Assert.Throws<StartupException>(reader.ThrowIfWrong).Message.Split(Environment.NewLine + "  ");
        Assert.Equal("The configuration is wrong:", lines[0]);
        return lines[1..];
    }
}
