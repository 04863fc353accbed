using Smb1Exporter.Configuration;

namespace Smb1Exporter.Tests.Configuration;

public class SettingArgumentsTests
{
    [Fact]
    public void Settings_are_told_from_commands_and_options()
    {
        var (settings, others) = SettingArguments.Split(
            ["--config", "a.json", "--mine:A=1=2", "check", "--urls", "http://*:1", "--Kestrel:B=", "--verbose", "-x", "--", "--Mine:C=3"], "Mine");
        Assert.Equal([new("mine:A", "1=2"), new("urls", "http://*:1"), new("Kestrel:B", "")], settings);
        Assert.Equal(["--config", "a.json", "check", "--verbose", "-x", "--", "--Mine:C=3"], others);
    }

    [Fact]
    public void A_value_may_look_like_a_command() =>
        Assert.Equal([new("Mine:A", "check")], SettingArguments.Split(["--Mine:A", "check"], "Mine").Settings);

    [Theory]
    [InlineData("--Mine:A")]
    [InlineData("--urls")]
    [InlineData("--urls", "--Mine:A=1")]
    public void A_missing_value_is_told_and_no_other_argument_is_taken_for_it(params string[] arguments) =>
        Assert.Equal($"'{arguments[0]}' needs a value: {arguments[0]}=VALUE.", MessageOf(arguments));

    [Theory]
    [InlineData("--Mein:A=1", "'--Mein:A=1' is not a setting: there is no section Mein. Did you mean Mine?")]
    [InlineData("--Elsewhere:A=1", "'--Elsewhere:A=1' is not a setting: there is no section Elsewhere. Sections are Mine, Kestrel, Logging.")]
    public void An_unknown_section_is_told_with_the_nearest_known_one(string argument, string message) =>
        Assert.Equal(message, MessageOf(argument));

    private static string MessageOf(params string[] arguments) =>
        Assert.Throws<StartupException>(() => SettingArguments.Split(arguments, "Mine")).Message;
}
