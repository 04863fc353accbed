using Microsoft.Extensions.Logging;
using Smb1Exporter.Auditing;
using Smb1Exporter.Configuration;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Hosting;

[Collection(InOrder.Name)]
public sealed class AuditWorkerTests : IAsyncDisposable
{
    private const string SourceUp = "smb1_audit_source_up";
    private const string Lag = "smb1_audit_lag_seconds";
    private readonly ExporterHarness _exporter = new();

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Fact]
    public async Task A_log_that_may_not_be_read_stops_the_start()
    {
        _exporter.Source.Fail(new AuditSourceException(ReadErrorReason.AccessDenied, "The log x may not be read. Give the right."));
        var e = await Assert.ThrowsAsync<StartupException>(() => _exporter.StartAsync());
        Assert.Equal("The log x may not be read. Give the right.", e.Message);
    }

    [Fact]
    public async Task A_log_of_which_one_part_may_not_be_read_stops_the_start_too()
    {
        _exporter.Source.SayAndFail(
            _exporter.Attempt("10.0.0.1"), new AuditSourceException(ReadErrorReason.AccessDenied, "The log x may not be read. Give the right."));
        var e = await Assert.ThrowsAsync<StartupException>(() => _exporter.StartAsync());
        Assert.Equal("The log x may not be read. Give the right.", e.Message);
    }

    [Fact]
    public async Task What_could_be_read_counts_while_another_part_of_the_log_fails()
    {
        await _exporter.StartAsync("--Exporter:BirthHold=00:00:00");
        _exporter.Source.SayAndFail(_exporter.Attempt("10.0.0.1"), new AuditSourceException(ReadErrorReason.Io, "The log x does not answer."));
        await _exporter.WaitForAsync(SourceUp, 0);
        await Eventually.GetAsync(
            () => _exporter.ScrapeAsync("smb1_connection_attempts_total", "10.0.0.1"), seen => seen == 1, "the attempt that came with the failure");
    }

    [Fact]
    public async Task A_log_that_is_lost_later_is_counted_logged_once_and_read_again_when_it_is_back()
    {
        await _exporter.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            _exporter.Source.Fail(new AuditSourceException(ReadErrorReason.AccessDenied, "The log x may not be read."));
        }

        _exporter.Source.Say(_exporter.Attempt("10.0.0.1"));
        await Eventually.GetAsync(
            () =>
            {
                _exporter.Clock.Advance(TimeSpan.FromSeconds(10));
                return _exporter.ScrapeAsync("smb1_connection_attempts_total", "10.0.0.1");
            },
            seen => seen is not null,
            "the attempt behind the failures");
        await _exporter.WaitForAsync(SourceUp, 1);
        Assert.Single(_exporter.Logs.GetSnapshot(), line => line.Message.Contains("may not be read", StringComparison.Ordinal));
        Assert.Equal(3, (await ReadErrorsAsync())["access_denied"]);
    }

    [Fact]
    public async Task Reading_lags_while_the_log_fails_and_not_once_it_is_back()
    {
        await _exporter.StartAsync();
        await _exporter.WaitForAsync(Lag, 0);
        for (var i = 0; i < 100; i++)
        {
            _exporter.Source.Fail(new AuditSourceException(ReadErrorReason.Io, "The log x does not answer."));
        }

        await Eventually.GetAsync(
            () =>
            {
                _exporter.Clock.Advance(TimeSpan.FromSeconds(1));
                return _exporter.ScrapeAsync(Lag);
            },
            seen => seen > 10,
            "a lag");
        await Eventually.GetAsync(
            () =>
            {
                _exporter.Clock.Advance(TimeSpan.FromSeconds(10));
                return _exporter.ScrapeAsync(Lag);
            },
            seen => seen == 0,
            "no lag");
    }

    [Fact]
    public async Task Of_a_log_that_never_could_be_read_no_lag_is_told()
    {
        for (var i = 0; i < 100; i++)
        {
            _exporter.Source.Fail(new AuditSourceException(ReadErrorReason.NotFound, "The log x is not there."));
        }

        await _exporter.StartAsync();
        await _exporter.WaitForAsync(SourceUp, 0);
        Assert.Null(await _exporter.ScrapeAsync(Lag));
    }

    [Fact]
    public async Task A_failure_of_any_kind_is_survived()
    {
        await _exporter.StartAsync();
        _exporter.Source.Fail(new InvalidOperationException("a defect"));
        await _exporter.WaitForAsync(SourceUp, 0);
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1"));
        await Eventually.GetAsync(
            () =>
            {
                _exporter.Clock.Advance(TimeSpan.FromSeconds(10));
                return _exporter.ScrapeAsync(SourceUp);
            },
            seen => seen == 1,
            "the source being read again");
    }

    [Fact]
    public async Task A_gap_is_counted_and_logged_with_its_place()
    {
        await _exporter.StartAsync("--Exporter:BirthHold=00:00:00");
        _exporter.Source.Say(new AuditGap("/var/log/audit.log", "it was truncated"));
        await _exporter.WaitForAsync("smb1_audit_gaps_total", 1);
        await _exporter.WhenLoggedAsync(
            line => line.Level == LogLevel.Warning && line.Message.Contains("/var/log/audit.log: it was truncated", StringComparison.Ordinal), "a warning of the gap");
    }

    private async Task<Dictionary<string, double>> ReadErrorsAsync()
    {
        // Held like every series: they rise after the hold.
        _exporter.Clock.Advance(TimeSpan.FromMinutes(2));
        return PrometheusText.Parse(await _exporter.GetTextAsync("/metrics"))
            .Of("smb1_audit_read_errors_total")
            .ToDictionary(sample => sample["reason"], sample => sample.Value);
    }
}
