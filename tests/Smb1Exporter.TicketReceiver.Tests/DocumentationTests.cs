using System.Text.RegularExpressions;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Hosting;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests;

/// <summary>What is written about the receiver, and what it does.</summary>
public sealed partial class DocumentationTests
{
    private const string Systems = "src/Smb1Exporter.TicketReceiver/Ticketing";

    [Fact]
    public void Every_setting_is_documented_and_every_documented_one_exists()
    {
        var documented = Documents().SelectMany(text => Setting().Matches(text).Select(match => match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);

        // A secret is documented by its file; the variable of the environment is explained once.
        var secrets = ReceiverOptionsReader.Keys.Where(key => key.EndsWith("File", StringComparison.Ordinal)).Select(key => key[..^"File".Length]).ToHashSet();
        Assert.Equal(
            ReceiverOptionsReader.Keys.Where(key => !secrets.Contains(key)).Order(StringComparer.Ordinal),
            documented.Where(key => !secrets.Contains(key)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_series_is_documented()
    {
        await using var receiver = await RunningReceiver.StartAsync();
        var metrics = await receiver.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var readme = Repository.Read("README.md");
        Assert.All(
            metrics.Split('\n').Where(line => line.StartsWith("# TYPE smb1_", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]),
            name => Assert.True(readme.Contains($"`{name}`", StringComparison.Ordinal) || readme.Contains($"`{name}{{", StringComparison.Ordinal), name));
    }

    [Fact]
    public void Every_ticketing_system_has_a_guide_that_the_README_points_to()
    {
        var readme = Repository.Read("README.md");
        foreach (var system in Enum.GetNames<TicketingSystemKind>().Where(name => name != nameof(TicketingSystemKind.BuiltIn)))
        {
            Assert.Contains($"({Systems}/{system}/README.md)", readme, StringComparison.Ordinal);
            Assert.Contains("nverified", Repository.Read($"{Systems}/{system}/README.md"), StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Documents() => Directory
        .GetFiles(Repository.PathOf(Systems), "README.md", SearchOption.AllDirectories)
        .Select(File.ReadAllText)
        .Prepend(Repository.Read("README.md"));

    [GeneratedRegex("`Receiver:([A-Za-z:]+)`")]
    private static partial Regex Setting();
}
