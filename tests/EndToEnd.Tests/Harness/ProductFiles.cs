using System.Text.RegularExpressions;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>
/// The product's own files in alerts/, changed only where a test must: addresses, and seconds where a site has minutes. A text that is no longer
/// in a file fails the test, so that none runs with something else than what is shipped.
/// </summary>
internal static partial class ProductFiles
{
    /// <summary>How soon Alertmanager sends a group again that has no new alert.</summary>
    public const string RepeatInterval = "1h";

    public static string RulesFile => PathOf("smb1.rules.yml");

    /// <summary>Writes the rules into a file with a second wherever a group has an interval of its own, for which a test cannot wait.</summary>
    /// <returns>The file.</returns>
    public static string RulesInSeconds(string file)
    {
        File.WriteAllText(file, GroupInterval().Replace(File.ReadAllText(RulesFile), "interval: 1s"));
        return file;
    }

    /// <param name="rules">The file of the rules; null: as they are shipped.</param>
    public static string Prometheus(Uri alertmanager, Uri receiver, IEnumerable<Uri> exporters, int scrapeSeconds = 1, string? rules = null) =>
        Change(
            File.ReadAllText(PathOf("prometheus.yml")),
            ("scrape_interval: 1m", $"scrape_interval: {scrapeSeconds}s"),
            ("evaluation_interval: 1m", "evaluation_interval: 1s"),
            ("- smb1.rules.yml", $"- {rules ?? RulesFile}"),
            ("\"127.0.0.1:10445\"", string.Join(", ", exporters.Select(exporter => $"\"{exporter.Authority}\""))),
            ("127.0.0.1:10446", receiver.Authority),
            ("127.0.0.1:9093", alertmanager.Authority));

    public static string Alertmanager(ReceiverProcess receiver, string repeatInterval) =>
        Change(
            File.ReadAllText(PathOf("alertmanager.yml")),
            ("group_wait: 30s", "group_wait: 1s"),
            ("group_interval: 5m", "group_interval: 1s"),
            ($"repeat_interval: {RepeatInterval}", $"repeat_interval: {repeatInterval}"),
            ("http://127.0.0.1:10446/", receiver.Address.ToString()),
            ("credentials_file: smb1-ticket-receiver.token", $"credentials_file: {receiver.TokenFile}"));

    private static string PathOf(string name) => Repository.PathOf("alerts", name);

    private static string Change(string text, params ReadOnlySpan<(string Old, string New)> changes)
    {
        foreach (var (old, replacement) in changes)
        {
            text = text.Contains(old, StringComparison.Ordinal)
                ? text.Replace(old, replacement, StringComparison.Ordinal)
                : throw new InvalidOperationException($"The product's file no longer says {old}");
        }

        return text;
    }

    [GeneratedRegex(@"(?<=^ +)interval: \w+$", RegexOptions.Multiline)]
    private static partial Regex GroupInterval();
}
