using System.Globalization;
using System.Text;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Verdicts;

/// <summary>What the shipped recording rules make of a scrape, by promtool's own evaluation of them.</summary>
internal static class RecordedVerdict
{
    /// <summary>Fails with promtool's words unless the rules record exactly this.</summary>
    /// <param name="scrape">What /metrics showed last.</param>
    /// <param name="isScraped">Whether it is scraped still at the time of the verdict.</param>
    /// <param name="now">The time of the verdict.</param>
    /// <param name="verdict">The word for the verdict.</param>
    /// <param name="readyIn">From now to the recorded earliest time; null where none is recorded.</param>
    public static async Task AssertAsync(PrometheusText scrape, bool isScraped, DateTimeOffset now, string verdict, TimeSpan? readyIn)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "promtool is taken from Debian's prometheus");
        using var folder = new TemporaryFolder();
        var test = folder["verdict.test.yml"];
        await File.WriteAllTextAsync(test, Test(scrape, isScraped, now, verdict, readyIn));
        await using var promtool = await ChildProcess.RunAsync("promtool", ["test", "rules", test]);
        Assert.True(promtool.ExitCode == 0, promtool.Output);
    }

    // The clock of promtool begins at 0: the verdict is made 600 s after it, and all times are moved there.
    private static string Test(PrometheusText scrape, bool isScraped, DateTimeOffset now, string verdict, TimeSpan? readyIn)
    {
        var text = new StringBuilder($"rule_files: ['{Repository.PathOf("alerts", "smb1.rules.yml")}']\n")
            .Append("evaluation_interval: 10m\ntests:\n  - interval: 10m\n    input_series:\n");
        foreach (var sample in scrape.Samples.Values.Where(sample => sample.Name.StartsWith("smb1_", StringComparison.Ordinal)))
        {
            var isTime = sample.Name.EndsWith("_timestamp_seconds", StringComparison.Ordinal) && sample.Value != 0;
            var value = isTime ? sample.Value - now.ToUnixTimeSeconds() + 600 : sample.Value;
            var labels = string.Join(',', sample.Labels.Select(label => $"{label.Key}=\"{label.Value}\""));
            text.Append(CultureInfo.InvariantCulture, $"      - series: '{sample.Name}{{{labels}}}'\n        values: {value} {(isScraped ? value : "_")}\n");
        }

        text.Append("    promql_expr_test:\n");
        AppendQuery(text, "smb1:server_verdict:info", $", verdict=\"{verdict}\"", 1);
        AppendQuery(text, "smb1:server_ready:timestamp_seconds", "", readyIn is { } time ? time.TotalSeconds + 600 : null);
        return text.ToString();
    }

    private static void AppendQuery(StringBuilder text, string series, string label, double? value)
    {
        text.Append(CultureInfo.InvariantCulture, $"      - expr: {series}\n        eval_time: 10m\n        exp_samples:");
        text.Append(value is null
            ? " []\n"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"\n          - labels: '{series}{{customer=\"Contoso\", host_name=\"FS01\"{label}}}'\n            value: {value}\n"));
    }
}
