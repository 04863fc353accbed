using Microsoft.Extensions.Configuration;
using Smb1Exporter.Configuration;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Configuration;

public sealed class SecretTests : IDisposable
{
    private const string Value = "hunter2";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_secret_in_a_file_is_read_at_each_use_without_its_line_end_and_never_shown()
    {
        File.WriteAllText(_folder["secret"], $"{Value}\r\n");
        var reader = Reader(("S:Group:TokenFile", _folder["secret"]));
        var secret = reader.Secret("Group:Token")!;
        reader.ThrowIfWrong();

        Assert.Equal(Value, secret.Reveal());
        Assert.Equal("***", secret.ToString());
        Assert.Equal("you sent *** and ***", secret.RedactIn($"you sent {Value} and {Value}"));
        File.WriteAllText(_folder["secret"], "another");
        Assert.Equal("another", secret.Reveal());
        Assert.Equal([KeyValuePair.Create("Group:TokenFile", _folder["secret"])], reader.Effective);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n", "is empty")]
    [InlineData("a\nb", "holds more than one line")]
    [InlineData(null, "cannot be read")]
    public void A_file_that_holds_none_is_named_with_the_remedy(string? content, string problem)
    {
        if (content is not null)
        {
            File.WriteAllText(_folder["secret"], content);
        }

        var secret = Reader(("S:TokenFile", _folder["secret"])).Secret("Token")!;
        var e = Assert.Throws<StartupException>(secret.Reveal);
        Assert.StartsWith($"S:TokenFile: {_folder["secret"]} {problem}", e.Message, StringComparison.Ordinal);
        Assert.Equal("text", secret.RedactIn("text"));
    }

    [Fact]
    public void In_the_environment_it_is_allowed_and_shown_as_stars()
    {
        const string Variable = "SMB1TEST_S__Token";
        Environment.SetEnvironmentVariable(Variable, Value);
        try
        {
            var reader = new SectionReader(new ConfigurationBuilder().AddEnvironmentVariables("SMB1TEST_").Build(), "S");
            Assert.Equal(Value, reader.Secret("Token")!.Reveal());
            reader.ThrowIfWrong();
            Assert.Equal([KeyValuePair.Create("Token", "***")], reader.Effective.Where(setting => setting.Value.Length > 0));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    [Fact]
    public void Anywhere_else_it_is_refused_and_not_repeated()
    {
        var reader = Reader(("S:Group:Token", Value), ("S:Group:Tokne", Value), ("S:Url", $"https://me:{Value}@host.example"));
        reader.Secret("Group:Token");
        Assert.Null(reader.Address("Url", "https"));

        var e = Assert.Throws<StartupException>(reader.ThrowIfWrong);
        Assert.Contains("S:Group:Token: a secret may stand in the environment (S__Group__Token) or in a file only. Name the file with S:Group:TokenFile.", e.Message, StringComparison.Ordinal);
        Assert.Contains("S:Group:Tokne is not a setting. Did you mean S:Group:Token?", e.Message, StringComparison.Ordinal);
        Assert.Contains("S:Url: 'host.example' is not an address such as https://host.example, without a user name", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Value, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://host.example", "https://host.example/")]
    [InlineData("https://host.example/path/", "https://host.example/path/")]
    [InlineData("ftp://host.example", null)]
    [InlineData("host.example", null)]
    [InlineData("https://host.example?a=b", null)]
    public void An_address_ends_in_a_slash_and_has_an_allowed_scheme(string text, string? expected)
    {
        var reader = Reader(("S:Url", text));
        Assert.Equal(expected, reader.Address("Url", "https", "http")?.AbsoluteUri);
        Assert.Equal(expected is null, Record.Exception(reader.ThrowIfWrong) is StartupException);
    }

    [Fact]
    public void Groups_are_read_one_by_one_and_a_wrong_key_in_one_is_told()
    {
        var reader = Reader(("S:List:0:Name", "a"), ("S:List:1:Name", "b"), ("S:List:1:Nmae", "c"));
        Assert.Equal(["a", "b"], reader.Groups("List", prefix => reader.Text($"{prefix}Name", null)));

        Assert.Contains("List:N:Name", reader.Keys);
        var e = Assert.Throws<StartupException>(reader.ThrowIfWrong);
        Assert.Contains("S:List:1:Nmae (value 'c') is not a setting. Did you mean S:List:1:Name?", e.Message, StringComparison.Ordinal);
    }

    private static SectionReader Reader(params (string Key, string? Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build(), "S");
}
