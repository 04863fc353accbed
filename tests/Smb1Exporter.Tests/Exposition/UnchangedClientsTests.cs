using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Exposition;

/// <summary>What is shown of clients is kept between scrapes while it stays the same: nobody must notice.</summary>
[Collection(InOrder.Name)]
public sealed class UnchangedClientsTests : IAsyncDisposable
{
    private const string Attempts = "smb1_connection_attempts_total";
    private readonly ExporterHarness _exporter = new();

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Fact]
    public async Task Scrapes_while_nothing_happens_are_the_same_text()
    {
        await _exporter.StartAsync("--Exporter:BirthHold=00:00:00");
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1", 3) with { ClientName = "SCANNER" }, _exporter.Attempt("10.0.0.2"));
        await _exporter.WaitForAsync(Attempts, 3, "10.0.0.1");

        var first = await WithoutProcessAsync();

        Assert.Contains("smb1_client_info{client_address=\"10.0.0.1\",client_name=\"scanner\"", first, StringComparison.Ordinal);
        Assert.Equal(first, await WithoutProcessAsync());
        Assert.Equal(first, await WithoutProcessAsync());
    }

    [Fact]
    public async Task What_moves_by_itself_moves_while_no_client_changes()
    {
        await _exporter.StartAsync("--Exporter:BirthHold=00:00:00");
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1"));
        await _exporter.WaitForAsync(Attempts, 1, "10.0.0.1");
        Assert.Equal(0, await _exporter.ScrapeAsync("smb1_audit_gaps_total"));

        _exporter.Source.Say(new Smb1Exporter.Auditing.AuditGap("/var/log/audit.log", "it was truncated"));

        await _exporter.WaitForAsync("smb1_audit_gaps_total", 1);
        Assert.Equal(1, await _exporter.ScrapeAsync(Attempts, "10.0.0.1"));
    }

    [Fact]
    public async Task A_client_that_is_forgotten_is_shown_no_more_and_the_others_are()
    {
        await _exporter.StartAsync("--Exporter:BirthHold=00:00:00", "--Exporter:ClientRetention=01:00:00");
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1"));
        await _exporter.WaitForAsync(Attempts, 1, "10.0.0.1");
        _exporter.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        _exporter.Source.Say(_exporter.Attempt("10.0.0.2"));
        await _exporter.WaitForAsync(Attempts, 1, "10.0.0.2");
        Assert.Equal(1, await _exporter.ScrapeAsync(Attempts, "10.0.0.1"));

        _exporter.Clock.Advance(TimeSpan.FromHours(1));
        await _exporter.WaitForAsync("smb1_tracked_clients", 1);
        var text = PrometheusText.Parse(await _exporter.GetTextAsync("/metrics"));

        Assert.Equal(["10.0.0.2"], text.Of(Attempts).Select(sample => sample["client_address"]));
    }

    // What is told of the process changes all the time, and stands at the end.
    private async Task<string> WithoutProcessAsync() => (await _exporter.GetTextAsync("/metrics")).Split("# TYPE dotnet_", 2)[0];
}
