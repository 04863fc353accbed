using System.Net;
using System.Net.Http.Headers;
using Smb1Exporter.Auditing;
using Smb1Exporter.Exposition;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Exposition;

[Collection(InOrder.Name)]
public sealed class MetricsTests : IAsyncDisposable
{
    private const string Attempts = "smb1_connection_attempts_total";
    private readonly ExporterHarness _exporter = new();

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Fact]
    public async Task Every_series_of_the_table_is_there_from_the_start_but_for_clients()
    {
        await _exporter.StartAsync();
        await _exporter.WaitForAsync("smb1_auditing_enabled", 1);
        var text = await _exporter.GetTextAsync("/metrics");
        string[] expected =
        [
            "smb1_excluded_attempts_total", "smb1_rejected_connections_total", "smb1_server_enabled", "smb1_auditing_enabled",
            "smb1_audit_source_up", "smb1_audit_covered_since_timestamp_seconds", "smb1_audit_gaps_total", "smb1_audit_lag_seconds",
            "smb1_last_attempt_timestamp_seconds", "smb1_ready_after_seconds", "smb1_tracked_clients", "smb1_tracked_clients_limit",
        ];
        Assert.All(expected, name => Assert.Contains($"\n{name}{{", text, StringComparison.Ordinal));
        string[] reasons = ["access_denied", "incomplete", "invalid_client", "io", "malformed", "not_found", "oversized"];
        Assert.Equal(reasons, text.Split('\n')
            .Where(line => line.StartsWith("smb1_audit_read_errors_total{", StringComparison.Ordinal))
            .Select(line => line.Split("reason=\"")[1].Split('"')[0])
            .Order());
        Assert.All(
            text.Split('\n').Where(line => line.StartsWith("smb1_", StringComparison.Ordinal)),
            line => Assert.True(line.Contains("host_name=\"FS01\"", StringComparison.Ordinal) && line.Contains("customer=\"Contoso\"", StringComparison.Ordinal), line));
        Assert.DoesNotContain("otel_scope", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scrape_is_text_0_0_4_whatever_is_asked_for()
    {
        await _exporter.StartAsync();
        using var client = new HttpClient();
        using var plain = await _exporter.GetAsync("/metrics");
        using var request = new HttpRequestMessage(HttpMethod.Get, plain.RequestMessage!.RequestUri);
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text;version=1.0.0"));
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.StartsWith("text/plain; version=0.0.4", response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("# EOF", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_known_of_the_process_stands_at_the_end()
    {
        await _exporter.StartAsync();
        var names = (await _exporter.GetTextAsync("/metrics")).Split('\n')
            .Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[2])
            .ToList();
        string[] expected =
        [
            "dotnet_gc_collections_total", "dotnet_gc_pause_time_seconds_total", "dotnet_process_memory_working_set_bytes", "process_cpu_time_seconds_total",
            OperatingSystem.IsWindows() ? "process_windows_handle_count" : "process_unix_file_descriptor_count", "process_uptime_seconds",
        ];
        Assert.Subset(names.ToHashSet(), expected.ToHashSet());
        Assert.Equal("target_info", names[0]);
        var own = names.Skip(1).TakeWhile(name => name.StartsWith("smb1_", StringComparison.Ordinal)).Count();
        Assert.NotEqual(0, own);
        Assert.DoesNotContain(names.Skip(1 + own), name => name.StartsWith("smb1_", StringComparison.Ordinal));
        Assert.InRange(names.Count - own - 1, expected.Length, 10);
    }

    [Fact]
    public void Files_that_are_opened_are_counted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux tells them in /proc");
        var files = Enumerable.Range(0, 300).Select(_ => File.OpenHandle("/dev/null")).ToList();
        Assert.InRange(ProcessMetrics.CountOpenFiles(), files.Count, files.Count + 1000);
        var opened = ProcessMetrics.CountOpenFiles();
        files.ForEach(file => file.Dispose());
        Assert.InRange(ProcessMetrics.CountOpenFiles(), 3, opened - 1);
    }

    [Fact]
    public async Task A_client_is_born_at_zero_and_rises_after_the_hold()
    {
        await _exporter.StartAsync();
        _exporter.Source.Say(_exporter.Attempt("192.168.1.214", 3));
        await _exporter.WaitForAsync(Attempts, 0, "192.168.1.214");

        _exporter.Clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(0, await _exporter.ScrapeAsync(Attempts, "192.168.1.214"));
        _exporter.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, await _exporter.ScrapeAsync(Attempts, "192.168.1.214"));

        // A known client needs no new hold.
        _exporter.Source.Say(_exporter.Attempt("192.168.1.214"));
        await _exporter.WaitForAsync(Attempts, 4, "192.168.1.214");
    }

    [Fact]
    public async Task After_a_restart_every_series_comes_back_with_all_that_was_counted()
    {
        await _exporter.StartAsync();
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1", 3));
        await _exporter.WaitForAsync(Attempts, 0, "10.0.0.1");
        _exporter.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(3, await _exporter.ScrapeAsync(Attempts, "10.0.0.1"));
        await _exporter.StopAsync();

        _exporter.Source.Say(_exporter.Attempt("10.0.0.1", 4));
        await _exporter.StartAsync();
        await _exporter.WaitForAsync(Attempts, 7, "10.0.0.1");
    }

    [Fact]
    public async Task Clients_that_come_and_go_never_end_in_the_overflow_series()
    {
        // Nothing else sleeps for so long.
        var retention = TimeSpan.FromMinutes(59);
        await _exporter.StartAsync("--Exporter:MaxClients=3", $"--Exporter:ClientRetention={retention}", "--Exporter:BirthHold=00:00:00");
        for (var round = 0; round < 10; round++)
        {
            _exporter.Source.Say([.. Enumerable.Range(0, 3).Select(i => _exporter.Attempt($"10.{round}.0.{i}"))]);
            await _exporter.WaitForAsync(Attempts, 1, $"10.{round}.0.2");
            Assert.DoesNotContain("overflow", await _exporter.GetTextAsync("/metrics"), StringComparison.Ordinal);
            await _exporter.Sleepers.SleepingAsync(retention);
            _exporter.Clock.Advance(retention + TimeSpan.FromSeconds(1));
            await _exporter.Sleepers.SleepingAsync(retention);
            _exporter.Clock.Advance(retention);
            await _exporter.WaitForAsync("smb1_tracked_clients", 0);
        }
    }

    [Fact]
    public async Task A_lowered_cap_hides_no_client_that_is_known_already()
    {
        await _exporter.StartAsync();
        _exporter.Source.Say([.. Enumerable.Range(1, 50).Select(i => _exporter.Attempt($"10.0.0.{i}"))]);
        await _exporter.WaitForAsync("smb1_tracked_clients", 50);
        await _exporter.StopAsync();

        await _exporter.StartAsync("--Exporter:MaxClients=10");
        _exporter.Source.Say(_exporter.Attempt("10.0.0.99"));
        await _exporter.WaitForAsync(Attempts, 0, "other");
        Assert.Equal(51, PrometheusText.Parse(await _exporter.GetTextAsync("/metrics")).Of(Attempts).Count);
        Assert.Equal(1, await _exporter.ScrapeAsync(Attempts, "10.0.0.50"));
    }

    [Fact]
    public async Task Unknown_states_have_no_sample_and_a_failing_source_is_0()
    {
        _exporter.Switch.State = new AuditingState(null, null, "testparm is missing.");
        await _exporter.StartAsync();
        _exporter.Source.Fail(new AuditSourceException(ReadErrorReason.NotFound, "The log x is not there."));
        await _exporter.WaitForAsync("smb1_audit_source_up", 0);
        var text = await _exporter.GetTextAsync("/metrics");
        Assert.DoesNotContain("\nsmb1_auditing_enabled{", text, StringComparison.Ordinal);
        using var ready = await _exporter.GetAsync("/-/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        using var healthy = await _exporter.GetAsync("/-/healthy");
        Assert.Equal(HttpStatusCode.OK, healthy.StatusCode);
    }

    [Fact]
    public async Task The_page_shows_clients_as_text_never_as_markup()
    {
        await _exporter.StartAsync();
        _exporter.Source.Say(_exporter.Attempt("<script>alert(1)</script>"));
        var page = await Eventually.GetAsync(
            () => _exporter.GetTextAsync("/"), text => text.Contains("&lt;script&gt;", StringComparison.Ordinal), "the client on the page");
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }
}
