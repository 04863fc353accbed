using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>Rotated logs that end in the middle of a long record, as a client with names of control characters makes them.</summary>
public sealed class UnfinishedRecordsTests
{
    private const int RotatedFiles = 15;
    private const string Disturber = "10.8.9.9";
    private const int TailBytes = 400 * 1024;

    [FieldFact("smbd that rotated 70 times under names of 58,000 bytes: the exporter read the unfinished ends again and again, and nothing else")]
    public async Task Clients_are_counted_beside_many_rotated_files_that_end_in_an_unfinished_record()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["auth_audit.log"], TimeProvider.System);
        var clients = new HashSet<string>();
        for (var file = 1; file <= RotatedFiles; file++)
        {
            Connect($"10.8.0.{file}");
            log.WriteUnfinished(Disturber, port: file, TailBytes);
            log.RotateByRename();
        }

        for (var client = 1; client <= 24; client++)
        {
            Connect($"10.8.1.{client}");
        }

        var exporter = await site.ExporterForLogAsync(log.Path);

        await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => Honest(scrape).Count() == clients.Count && Honest(scrape).All(client => client.Value == 1),
            $"each of {clients.Count} clients is counted once",
            scrape => $"{Honest(scrape).Count()} clients; {scrape.Health()}");
        await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => scrape.ValueOf("smb1_audit_gaps_total") + scrape.Of("smb1_audit_read_errors_total").Sum(sample => sample.Value) > 0,
            "that records were lost is told",
            scrape => scrape.Health());

        void Connect(string address)
        {
            log.WriteConnection(address, port: 40000);
            clients.Add(address);
        }

        IEnumerable<KeyValuePair<string, double>> Honest(PrometheusText scrape) => scrape.AttemptsByClient().Where(client => client.Key != Disturber);
    }
}
