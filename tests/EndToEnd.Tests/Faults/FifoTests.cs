using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>Where a file is expected there is a FIFO: whoever opens it waits until somebody opens its other end, which nobody does.</summary>
public sealed class FifoTests
{
    private const string AuditingIsNobodysBusiness = "--Exporter:EnableAuditing=false";

    [FieldFact("A FIFO that a log shipper made in place of the log")]
    public async Task A_log_that_is_a_FIFO_is_told_while_the_program_answers()
    {
        await using var site = new Site();
        var log = await FifoAsync(site, "auth_audit.log");

        var exporter = await ThenStartsAsync(() => site.ExporterForLogAsync(log));

        await ThenIsToldAsync(exporter, log, scrape => scrape.Of("smb1_audit_source_up") is [{ Value: 0 }] || ReadErrors(scrape) > 0);
    }

    [FieldFact("A FIFO that a log shipper made in place of the log")]
    public async Task The_check_names_a_log_that_is_a_FIFO()
    {
        await using var site = new Site();
        var log = await FifoAsync(site, "auth_audit.log");

        var check = await site.ThenCheckEndsAsync(
            $"--Exporter:Samba:AuditLog={log}", $"--Exporter:Samba:ConfigFile={site["none.conf"]}", AuditingIsNobodysBusiness);

        Assert.Equal(1, check.ExitCode);
        Assert.Contains(log, check.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("can be read", check.Output, StringComparison.Ordinal);
    }

    [FieldFact("smb.conf on a dead mount: the reader hung for ever, and nothing told of it")]
    public async Task An_smb_conf_that_is_a_FIFO_is_told_while_the_program_answers()
    {
        await using var site = new Site();
        var configuration = await FifoAsync(site, "smb.conf");

        var exporter = await ThenStartsAsync(() => site.ExporterAsync(null, $"--Exporter:Samba:ConfigFile={configuration}"));

        await ThenIsToldAsync(
            exporter, configuration, scrape => scrape.Of("smb1_audit_source_up") is [{ Value: 0 }] || scrape.Of("smb1_auditing_enabled") is [{ Value: 0 }]);
    }

    [FieldFact("smb.conf on a dead mount: the check hung for ever")]
    public async Task The_check_names_an_smb_conf_that_is_a_FIFO()
    {
        await using var site = new Site();
        var configuration = await FifoAsync(site, "smb.conf");

        var check = await site.ThenCheckEndsAsync($"--Exporter:Samba:ConfigFile={configuration}");

        Assert.Equal(1, check.ExitCode);
        Assert.Contains(configuration, check.Output, StringComparison.Ordinal);
    }

    [FieldFact("smb.conf on a dead mount")]
    public async Task Clients_are_counted_where_smb_conf_is_a_FIFO_and_the_log_is_named_by_the_setting()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["auth_audit.log"], TimeProvider.System);
        log.WriteConnection("10.9.4.1", port: 1);
        var configuration = await FifoAsync(site, "smb.conf");

        var exporter = await ThenStartsAsync(
            () => site.ExporterAsync(null, $"--Exporter:Samba:ConfigFile={configuration}", $"--Exporter:Samba:AuditLog={log.Path}"));

        await exporter.ThenCountsAsync("10.9.4.1", 1);
        log.WriteConnection("10.9.4.2", port: 1);
        await exporter.ThenCountsAsync("10.9.4.2", 1);
    }

    private static async Task<string> FifoAsync(Site site, string name)
    {
        await using var made = await ChildProcess.RunAsync("mkfifo", [site[name]]);
        return made.ExitCode == 0 ? site[name] : throw new InvalidOperationException(made.Output);
    }

    private static async Task<ExporterProcess> ThenStartsAsync(Func<Task<ExporterProcess>> start)
    {
        try
        {
            return await start();
        }
        catch (TimeoutException e)
        {
            Assert.Fail(e.Message);
            throw;
        }
    }

    private static async Task ThenIsToldAsync(ExporterProcess exporter, string fifo, Func<PrometheusText, bool> isShown)
    {
        await Then.SoonAsync(exporter.ScrapeAsync, isShown, "it is shown that nothing can be read", scrape => scrape.Health(), within: TimeSpan.FromMinutes(1));
        await Then.SoonAsync(
            () => Task.FromResult(exporter.Process.Output), output => output.Contains(fifo, StringComparison.Ordinal), "the program's log names the file");
    }

    private static double ReadErrors(PrometheusText scrape) => scrape.Of("smb1_audit_read_errors_total").Sum(errors => errors.Value);
}
