using Smb1Exporter.Auditing;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.Pages;

[Collection(InOrder.Name)]
public sealed class CoverageTableTests : IAsyncDisposable
{
    private readonly ExporterHarness _exporter = new();

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Theory, InlineData("/"), InlineData("/report")]
    public async Task Each_period_is_told_with_its_begin_its_end_and_what_ended_it(string path)
    {
        await _exporter.StartAsync();
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);
        await _exporter.WaitForAsync("smb1_audit_source_up", 1);
        _exporter.Watch(TimeSpan.FromHours(1));
        _exporter.Source.Say(new AuditGap("the log", "it <wrapped>"));
        await _exporter.WaitForAsync("smb1_audit_gaps_total", 1);
        _exporter.Watch(TimeSpan.FromHours(1));

        var page = await _exporter.GetTextAsync(path);

        Assert.Contains(
            "<th scope=\"row\" class=\"t\">2026-11-23 04:00:00</th><td class=\"t\">2026-11-23 05:00:00</td><td>Audit records were lost unread in the log: it &lt;wrapped&gt;.</td>",
            page,
            StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\" class=\"t\">2026-11-23 05:00:00</th><td class=\"t\">goes on</td>", page, StringComparison.Ordinal);
    }
}
