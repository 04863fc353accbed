using System.Text.Json;
using Smb1Exporter.TestSupport;
using YamlDotNet.Serialization;

namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>The files in <c>alerts/</c> and <c>dashboards/</c>, as they are shipped.</summary>
internal static class ShippedFiles
{
    public static string AlertsFolder { get; } = Repository.PathOf("alerts");

    public static string DashboardsFolder { get; } = Repository.PathOf("dashboards");

    /// <summary>Every alerting rule of smb1.rules.yml.</summary>
    public static IReadOnlyList<AlertRule> Rules { get; } =
        [.. AllRules().Where(rule => rule.Alert.Length > 0)];

    /// <summary>Every recording rule of smb1.rules.yml.</summary>
    public static IReadOnlyList<AlertRule> RecordingRules { get; } = [.. AllRules().Where(rule => rule.Record.Length > 0)];

    /// <summary>Every dashboard, parsed, by file name.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Dashboards { get; } = Directory
        .GetFiles(DashboardsFolder, "*.json")
        .ToDictionary(file => Path.GetFileName(file), file => JsonDocument.Parse(File.ReadAllText(file)).RootElement);

    public static string Read(string alertsFile) => File.ReadAllText(Path.Combine(AlertsFolder, alertsFile));

    private static IEnumerable<AlertRule> AllRules() => ReadYaml<RuleFile>("smb1.rules.yml").Groups.SelectMany(group => group.Rules);

    public static T ReadYaml<T>(string alertsFile) =>
        new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<T>(Read(alertsFile));
}

internal sealed class RuleFile
{
    [YamlMember(Alias = "groups")]
    public List<RuleGroup> Groups { get; set; } = [];
}

internal sealed class RuleGroup
{
    [YamlMember(Alias = "rules")]
    public List<AlertRule> Rules { get; set; } = [];
}

internal sealed class AlertRule
{
    [YamlMember(Alias = "alert")]
    public string Alert { get; set; } = "";

    [YamlMember(Alias = "record")]
    public string Record { get; set; } = "";

    [YamlMember(Alias = "expr")]
    public string Expression { get; set; } = "";

    [YamlMember(Alias = "labels")]
    public Dictionary<string, string> Labels { get; set; } = [];

    [YamlMember(Alias = "annotations")]
    public Dictionary<string, string> Annotations { get; set; } = [];
}
