using Smb1Exporter.Auditing;
using Smb1Exporter.Configuration;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Exposition;

/// <summary>
/// The whole text of one scrape, up to the figures of process and runtime at its end. Of it only the program's version and commit and the installation's number change by themselves, which the golden
/// text calls VERSION, REVISION and INSTALLATION: names and times are the test's own.
/// </summary>
[Collection(InOrder.Name)]
public sealed class GoldenScrapeTests : IAsyncDisposable
{
    private readonly ExporterHarness _exporter = new();

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Fact]
    public async Task A_scrape_of_a_known_state_is_byte_for_byte_the_golden_text()
    {
        await _exporter.StartAsync(
            "--Exporter:Customer=O'Brien \"& Söhne\" \\", "--Exporter:ExcludedClients=10.9.0.0/16", "--Exporter:MaxClients=3", "--Exporter:BirthHold=00:00:00");
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);
        _exporter.Clock.Advance(TimeSpan.FromMinutes(1));
        _exporter.Source.Say(
            _exporter.Attempt("192.168.1.214", 1234) with { ClientName = "SCANNER01" },
            _exporter.Attempt("fe80::1ff:fe23:4567:890a"),
            _exporter.Attempt("nas\"1\\"),
            _exporter.Attempt("10.0.0.4", 2),
            _exporter.Attempt("10.9.0.1", 5),
            new AuditRecord(AuditRecordKind.Rejection, _exporter.Clock.GetUtcNow(), "", null, 7, "test"));
        await _exporter.WaitForAsync("smb1_connection_attempts_total", 1234, "192.168.1.214");
        _exporter.Clock.Advance(TimeSpan.FromMinutes(1));
        _exporter.Source.Say(new AuditGap("/var/log/audit.log", "it was truncated"));
        await _exporter.WaitForAsync("smb1_audit_gaps_total", 1);

        var scrape = (await _exporter.GetTextAsync("/metrics")).Split("# TYPE dotnet_")[0]
            .Replace($"version=\"{ProgramVersion.Text}\"", "version=\"VERSION\"", StringComparison.Ordinal)
            .Replace($"version=\"{ProgramVersion.Version}\"", "version=\"VERSION\"", StringComparison.Ordinal)
            .Replace($"revision=\"{ProgramVersion.Revision}\"", "revision=\"REVISION\"", StringComparison.Ordinal)
            .Replace(_exporter.Store.Current.InstallationId, "INSTALLATION", StringComparison.Ordinal);
        var difference = GoldenFile.Difference("tests/Smb1Exporter.Tests/Golden/metrics.txt", scrape);
        Assert.True(difference.Length == 0, difference);
    }
}
