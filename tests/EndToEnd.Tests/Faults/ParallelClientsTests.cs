using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>Many clients connect at once, and smbd's processes write to one log that also has messages of other kinds.</summary>
public sealed class ParallelClientsTests
{
    private const int AtOnce = 8;
    private static readonly string[] Clients = [.. Enumerable.Range(1, 200).Select(number => $"127.0.9.{number}")];

    [FieldFact("Samba 4.25, a log shared with other messages: 38 of 400 records had another message's header on their line")]
    public async Task Clients_that_connect_at_once_are_each_counted_once()
    {
        await using var site = new Site();
        var samba = await SambaAsync(site);
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();

        await ConnectAllAsync(samba, account: "");

        await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => Clients.All(client => scrape.AttemptsByClient().GetValueOrDefault(client) == 1),
            $"each of {Clients.Length} clients is counted once",
            scrape => $"{scrape.AttemptsByClient().Count} clients, {scrape.AttemptsByClient().Values.Sum()} attempts; {scrape.Health()}");
    }

    [FieldFact("Names of 2,004 characters in a shared log: 4 to 7 of 400 records were interleaved, lost, and the time counted as covered")]
    public async Task Clients_with_long_names_that_connect_at_once_are_counted_or_end_the_quiet_time()
    {
        await using var site = new Site();
        var samba = await SambaAsync(site, "map to guest = Never");
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenCoveredAsync();

        await ConnectAllAsync(samba, account: new string('\u0001', 2004));

        await exporter.ThenCountsOrEndsQuietAsync(Clients);
    }

    private static Task<SambaServer> SambaAsync(Site site, params IReadOnlyList<string> lines) => site.SambaAsync(new SambaServerOptions
    {
        AuditLog = Path.Combine(site.Subfolder("samba"), "log.smbd"),
        LogLevel = "3 auth_json_audit:5@{AuditLog}",
        MaxLogSize = 0,
        GlobalLines = lines,
    });

    private static Task ConnectAllAsync(SambaServer samba, string account) => Parallel.ForEachAsync(
        Clients,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
        async (client, _) => await RawSmbConnection.SetUpSmb1SessionAsync(samba, client, account));
}
