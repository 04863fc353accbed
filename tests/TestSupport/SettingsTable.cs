using System.Text.RegularExpressions;

namespace Smb1Exporter.TestSupport;

/// <summary>A row of a table of settings.</summary>
/// <param name="Key">The key as written, for example <c>Exporter:MaxClients</c>.</param>
/// <param name="Defaults">What stands in backticks in the column of the default; empty where words say that nothing is set.</param>
public sealed record DocumentedSetting(string Key, IReadOnlyList<string> Defaults);

/// <summary>
/// Tables of settings in Markdown: rows of keys, default and meaning. A row may name several keys with one default each. A default that the
/// program has by itself stands in backticks; words without them (none, empty, needed, …) say that it has none.
/// </summary>
public static partial class SettingsTable
{
    /// <summary>The rows whose first column names settings, in their order.</summary>
    public static IReadOnlyList<DocumentedSetting> Read(string markdown) =>
        [.. markdown.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(Row)];

    /// <summary>What the documentation and the program say differently, a sentence each.</summary>
    /// <param name="documented">The rows.</param>
    /// <param name="program">All keys of the program, each with its default; empty where it has none.</param>
    public static IReadOnlyList<string> Differences(
        IReadOnlyList<DocumentedSetting> documented, IReadOnlyList<KeyValuePair<string, string>> program)
    {
        var defaults = program.ToDictionary(StringComparer.Ordinal);
        var rows = documented.Select(setting => setting.Key).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. defaults.Keys.Where(key => !rows.Contains(key)).Select(key => $"{key} is no row of the table."),
            .. documented.Where(setting => !defaults.ContainsKey(setting.Key)).Select(setting => $"{setting.Key} is no setting of the program."),
            .. documented.Where(setting => defaults.TryGetValue(setting.Key, out var value) && !Says(setting, value))
                .Select(setting => $"{setting.Key} has the default '{defaults[setting.Key]}', documented is '{string.Join("', '", setting.Defaults)}'."),
        ];
    }

    private static IEnumerable<DocumentedSetting> Row(string line)
    {
        var columns = line.Split(" | ");
        var keys = Code().Matches(columns[0]).Select(match => match.Groups[1].Value).ToList();
        var defaults = Code().Matches(columns.Length > 2 ? columns[1] : "").Select(match => match.Groups[1].Value).ToList();
        return keys.Select((key, index) => new DocumentedSetting(key, keys.Count > 1 && keys.Count == defaults.Count ? [defaults[index]] : defaults));
    }

    // The first one holds on Linux, any other on Windows; or each is a line of one text.
    private static bool Says(DocumentedSetting setting, string value) => setting.Defaults.Count == 0
        ? value.Length == 0
        : setting.Defaults.Take(OperatingSystem.IsWindows() ? setting.Defaults.Count : 1).Append(string.Join('\n', setting.Defaults))
            .Any(one => Environment.ExpandEnvironmentVariables(one).Equals(value, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
