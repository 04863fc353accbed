using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>
/// smbd's processes write to one file without a lock, and newer releases write a record and its line feed separately: text of two processes stands on
/// one line. Every record that is whole counts.
/// </summary>
public sealed class GluedRecordsTests
{
    private const string First = "10.9.2.1";
    private const string Second = "10.9.2.2";
    private const string Marker = "10.9.2.9";
    private const string AccessHeader = "../../lib/util/access.c:372(allow_access)";
    private const string AccessText = "  Allowed connection from 10.9.2.77 (10.9.2.77)";

    [FieldFact("Samba 4.25, a log shared with other messages: 38 of 400 records had another message's header on their line")]
    public Task A_record_with_another_messages_header_behind_it_is_counted() => ThenCountsBothAsync(
        log => $"{Bare(log, First)}{log.Header(AccessHeader)}\n{AccessText}\n\n{Bare(log, Second)}\n");

    [FieldFact("Samba 4.25, a log shared with other messages: the text of another message before a record")]
    public Task A_record_with_another_messages_header_before_it_is_counted() => ThenCountsBothAsync(
        log => $"{log.Header(AccessHeader)}{Bare(log, First)}\n{AccessText}\n\n{Bare(log, Second)}\n");

    [FieldFact("Samba 4.25: two records on one line, their line feeds behind them")]
    public Task Two_records_on_one_line_are_both_counted() => ThenCountsBothAsync(log => $"{Bare(log, First)}{Bare(log, Second)}\n\n");

    [FieldFact("Samba 4.25: a record of SMB2 and one of SMB1 on one line")]
    public Task A_record_behind_one_of_SMB2_on_its_line_is_counted() => ThenCountsBothAsync(
        log => $"{log.Record("ipv4:10.9.2.55:4", "SMB2").TrimEnd()}{Bare(log, First)}{Bare(log, Second)}\n\n");

    private static string Bare(AuditLogWriter log, string client) => log.Record($"ipv4:{client}:40001").TrimEnd('\n');

    private static async Task ThenCountsBothAsync(Func<AuditLogWriter, string> text)
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["auth_audit.log"], TimeProvider.System);
        log.Write("");
        var exporter = await site.ExporterForLogAsync(log.Path);

        log.Write(text(log));
        log.WriteConnection(Marker, port: 1);
        var scrape = await exporter.ThenCountsAsync(Marker, 1);

        Assert.Equal(
            new Dictionary<string, double> { [First] = 1, [Second] = 1, [Marker] = 1 },
            scrape.AttemptsByClient().ToDictionary(StringComparer.Ordinal));
        Assert.True(scrape.Of("smb1_audit_read_errors_total").Sum(errors => errors.Value) == 0, $"nothing was lost; {scrape.Health()}");
    }
}
