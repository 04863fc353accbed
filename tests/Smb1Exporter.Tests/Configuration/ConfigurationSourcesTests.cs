using Microsoft.Extensions.Configuration;
using Smb1Exporter.Configuration;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Configuration;

public sealed class ConfigurationSourcesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Later_sources_win_and_of_a_setting_given_twice_the_later_one()
    {
        var name = $"smb1_test_{Guid.NewGuid():N}";
        File.WriteAllText(_folder["c.json"], $$$"""{"{{{name}}}": {"File": "file", "Environment": "file", "CommandLine": "file", "Twice": "file"} }""");
        Environment.SetEnvironmentVariable($"{name}__Environment", "environment");
        Environment.SetEnvironmentVariable($"{name}__CommandLine", "environment");
        try
        {
            using var configuration = new ConfigurationManager();
            ConfigurationSources.Load(
                configuration,
                _folder["c.json"],
                [new($"{name}:CommandLine", "1"), new($"{name}:Twice", "1"), new($"{name}:TWICE", "2")],
                [new($"{name}:Default", "default"), new($"{name}:File", "default")]);
            Assert.Equal(
                ["default", "file", "environment", "1", "2"],
                new[] { "Default", "File", "Environment", "CommandLine", "Twice" }.Select(key => configuration[$"{name}:{key}"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable($"{name}__Environment", null);
            Environment.SetEnvironmentVariable($"{name}__CommandLine", null);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"A": 1, "a": 2}""")]
    public void A_file_that_cannot_be_read_is_named_with_the_remedy(string? content)
    {
        if (content is not null)
        {
            File.WriteAllText(_folder["c.json"], content);
        }

        AssertUnreadable(_folder["c.json"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    public void A_path_that_is_no_file_is_told(string path) => AssertUnreadable(path.Length == 0 ? "" : Path.GetFullPath(path));

    private static void AssertUnreadable(string path)
    {
        using var configuration = new ConfigurationManager();
        var message = Assert.Throws<StartupException>(() => ConfigurationSources.Load(configuration, path, [])).Message;
        Assert.StartsWith($"The settings file {path} cannot be read: ", message, StringComparison.Ordinal);
        Assert.EndsWith(". Correct the file or --config.", message, StringComparison.Ordinal);
    }
}
