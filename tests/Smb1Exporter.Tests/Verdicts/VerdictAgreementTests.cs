using System.Globalization;
using System.Text.RegularExpressions;
using Smb1Exporter.Commands;
using Smb1Exporter.Reporting;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Verdicts;

/// <summary>One verdict on three places: the page, the report that another process makes, and the recording rule on what /metrics shows.</summary>
[Collection(InOrder.Name)]
public sealed class VerdictAgreementTests : IAsyncDisposable
{
    private readonly ExporterHarness _exporter = new() { LooksByItself = false };

    public static TheoryData<string> Names => [.. VerdictCases.All.Select(one => one.Name)];

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Theory, MemberData(nameof(Names))]
    public async Task Page_report_and_rule_give_the_same_verdict(string name)
    {
        var verdictCase = VerdictCases.All.Single(one => one.Name == name);
        var scrape = PrometheusText.Parse("");
        await verdictCase.Happens(new Server(_exporter));
        var now = _exporter.Clock.GetUtcNow();
        var readyAt = verdictCase.ReadyIn is { } readyIn ? now + readyIn : (DateTimeOffset?)null;
        if (verdictCase.IsRunning)
        {
            scrape = PrometheusText.Parse(await _exporter.GetTextAsync("/metrics"));
            AssertPage(await _exporter.GetTextAsync("/"), verdictCase.Verdict, readyAt);
            AssertCsv(await _exporter.GetTextAsync("/report.csv"), verdictCase.Verdict, readyAt);

            // Watched time is stored every five minutes only.
            _exporter.Store.WriteWatched();
        }
        else
        {
            await _exporter.StartAsync();
            scrape = PrometheusText.Parse(await _exporter.GetTextAsync("/metrics"));
            await _exporter.StopAsync();
        }

        // The host's state is stored just after it is shown.
        await Eventually.GetAsync(
            () => Task.FromResult(ReportCommand.Read(_exporter.StateFile, _exporter.Clock)), seen => seen.Verdict.Word == verdictCase.Verdict, "the report's verdict");
        AssertCsv(CsvReport.Write(ReportCommand.Read(_exporter.StateFile, _exporter.Clock)), verdictCase.Verdict, readyAt);
        await RecordedVerdict.AssertAsync(scrape, verdictCase.IsRunning, now, verdictCase.Verdict, verdictCase.ReadyIn);
    }

    private static void AssertPage(string page, string verdict, DateTimeOffset? readyAt)
    {
        Assert.Contains($"data-verdict=\"{verdict}\"", page, StringComparison.Ordinal);
        if (verdict is "attempts" or "not_covered")
        {
            var earliest = readyAt!.Value.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            Assert.Contains($"Ready at the earliest on {earliest} UTC", page, StringComparison.Ordinal);
        }
    }

    private static void AssertCsv(string csv, string verdict, DateTimeOffset? readyAt)
    {
        Assert.Equal(verdict, Value(csv, "verdict,verdict"));
        Assert.Equal(
            readyAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "", Value(csv, "verdict,ready_at_the_earliest"));
    }

    private static string Value(string csv, string item) =>
        Regex.Match(csv, $"^{item},([^,\r\n]*),", RegexOptions.Multiline) is { Success: true } match ? match.Groups[1].Value : $"no {item}";
}
