using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Smb1Exporter.Configuration;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Hosting;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.Autotask;
using Smb1Exporter.TicketReceiver.Ticketing.HaloPsa;
using Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

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
    public void The_tables_of_settings_have_those_of_the_program_with_their_defaults_and_no_others()
    {
        var program = Defaults();
        var systems = Enum.GetNames<TicketingSystemKind>();
        var readme = Repository.Read("README.md");
        var general = program.Where(setting => !systems.Contains(setting.Key.Split(':')[0]));
        AssertSame("README.md", readme, general, key => key.StartsWith("Receiver:", StringComparison.Ordinal));
        Assert.Contains($"\n| `Urls`, `Kestrel:…` | `{ReceiverConfiguration.DefaultUrl}` |", readme, StringComparison.Ordinal);
        foreach (var system in systems.Where(name => name != nameof(TicketingSystemKind.BuiltIn)))
        {
            var guide = $"{Systems}/{system}/README.md";
            var own = program.Where(setting => setting.Key.StartsWith($"{system}:", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(own);
            AssertSame(guide, Repository.Read(guide), own, key => key.StartsWith($"Receiver:{system}:", StringComparison.Ordinal));
        }
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

    // A secret is documented by its file.
    private static Dictionary<string, string> Defaults()
    {
        using var nothing = new ConfigurationManager();
        var keys = ReceiverOptionsReader.Keys.Distinct().ToList();
        var defaults = keys.Where(key => !keys.Contains($"{key}File")).ToDictionary(key => key, _ => "");
        foreach (var (key, value) in ReceiverOptionsReader.Effective(nothing))
        {
            defaults[key] = value;
        }

        // An empty list stands for these.
        var reader = new SectionReader(nothing, ReceiverOptionsReader.Section);
        defaults["Autotask:ClosedStatuses"] = string.Join(", ", AutotaskOptions.Read(reader, selected: false).ClosedStatuses);
        defaults["HaloPsa:ClosedStatuses"] = string.Join(", ", HaloPsaOptions.Read(reader, selected: false).ClosedStatuses);
        defaults["ServiceNow:ClosedStates"] = string.Join(", ", ServiceNowOptions.Read(reader, selected: false).ClosedStates);
        return defaults;
    }

    private static void AssertSame(string name, string text, IEnumerable<KeyValuePair<string, string>> settings, Func<string, bool> isOurs)
    {
        var differences = SettingsTable.Differences(
            [.. SettingsTable.Read(text).Where(setting => isOurs(setting.Key))],
            [.. settings.Select(setting => KeyValuePair.Create($"{ReceiverOptionsReader.Section}:{setting.Key}", setting.Value))]);
        Assert.True(differences.Count == 0, $"{name}:\n{string.Join('\n', differences)}");
    }

    private static IEnumerable<string> Documents() => Directory
        .GetFiles(Repository.PathOf(Systems), "README.md", SearchOption.AllDirectories)
        .Select(File.ReadAllText)
        .Prepend(Repository.Read("README.md"));

    [GeneratedRegex("`Receiver:([A-Za-z:]+)`")]
    private static partial Regex Setting();
}
