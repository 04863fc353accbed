using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>Clients that hide by what they send: no name, and no address that cannot be used, keeps an SMB1 connection from being counted.</summary>
public sealed class HostileNamesTests
{
    private const string Marker = "10.9.6.9";
    private const string Unknown = "unknown";

    [FieldFact("An account named like a header of smbd's log, long enough for a second line: no attempt was counted")]
    public async Task A_client_whose_long_name_looks_like_a_header_of_the_log_is_counted()
    {
        await using var site = new Site();
        var samba = await SambaWithoutGuestsAsync(site);
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();

        // Where smbd breaks the record depends on its release; one of the shifts puts the header at the beginning of a line.
        const string Header = "[2026/11/28 ";
        var clients = Enumerable.Range(0, Header.Length).Select(shift => $"127.0.7.{shift + 1}").ToList();
        foreach (var (shift, client) in clients.Index())
        {
            await RawSmbConnection.SetUpSmb1SessionAsync(samba, client, new string('x', shift) + string.Concat(Enumerable.Repeat(Header, 1000)));
        }

        Assert.SkipUnless(
            File.ReadLines(samba.AuditLog).Any(line => line.TrimStart().StartsWith(Header, StringComparison.Ordinal)),
            "with this Samba no line of the log begins like a header");

        await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => clients.TrueForAll(client => scrape.AttemptsByClient().GetValueOrDefault(client) == 1),
            $"each of {clients.Count} clients is counted once",
            scrape => $"{string.Join(", ", scrape.AttemptsByClient().Keys)}; {scrape.Health()}");
    }

    [FieldFact("An account of control characters, long enough for many lines, between two names like a header of smbd's log")]
    public async Task A_client_whose_name_is_control_characters_and_a_header_is_counted()
    {
        await using var site = new Site();
        var samba = await SambaWithoutGuestsAsync(site);
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();
        const string Client = "127.0.7.100";

        await RawSmbConnection.SetUpSmb1SessionAsync(samba, Client, $"[2026/11/28 {new string('\u0001', 5000)}[2026/11/28 ");

        await exporter.ThenCountsAsync(Client, 1);
    }

    [FieldFact("Records of SMB1 whose remoteAddress is unix:, empty, or longer than any address: they were no attempts")]
    public async Task Records_of_SMB1_without_a_usable_client_count_as_unknown()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["auth_audit.log"], TimeProvider.System);
        log.Write("");
        var exporter = await site.ExporterForLogAsync(log.Path);

        log.Write(log.Record("unix:/run/samba/x"));
        log.Write(log.Record(""));
        log.Write(log.Record($"ipv4:{new string('9', 5000)}:40001"));
        log.WriteConnection(Marker, port: 1);
        await exporter.ThenCountsAsync(Marker, 1);

        var end = await exporter.ThenCountsAsync(Unknown, 3);
        Assert.Equal(3, Assert.Single(end.Of("smb1_audit_read_errors_total"), errors => errors["reason"] == "invalid_client").Value);
    }

    /// <summary>A client of an unknown name gets no session there, so that the record with its name is all that it leaves.</summary>
    private static Task<SambaServer> SambaWithoutGuestsAsync(Site site) =>
        site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited, GlobalLines = ["map to guest = Never"] });
}
