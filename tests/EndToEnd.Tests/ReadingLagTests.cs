using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>How far reading lags behind the log is shown while it does, and not afterwards.</summary>
public sealed class ReadingLagTests : IDisposable
{
    private const string Lag = "smb1_audit_lag_seconds";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_log_that_cannot_be_read_for_a_while_lags_until_it_can()
    {
        var folder = Directory.CreateDirectory(_folder["log"]).FullName;
        var log = new AuditLogWriter(Path.Combine(folder, "audit.log"), TimeProvider.System);
        log.WriteConnection("10.0.0.1", 1001);
        await using var exporter = await ExporterProcess.StartAsync(Programs.PreferredBuild, ExporterArguments.ForLog(_folder.Path, log.Path));
        await exporter.WhenAsync(scrape => scrape.Of(Lag) is [{ Value: 0 }], "the log is read");

        Directory.Move(folder, _folder["away"]);
        await exporter.WhenAsync(scrape => scrape.Of(Lag) is [{ Value: >= 2 }], "reading lags");
        Directory.Move(_folder["away"], folder);
        log.WriteConnection("10.0.0.1", 1002);
        var scrape = await exporter.WhenAsync(scrape => scrape.Of(Lag) is [{ Value: 0 }], "reading lags no more");
        Assert.Equal(1, Assert.Single(scrape.Of("smb1_audit_source_up")).Value);
    }
}
