using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>Anyone on the network makes smbd write and rotate its audit log faster than it was ever meant to.</summary>
public sealed class HugeNameFloodTests
{
    private const int HonestClients = 40;
    private const string Known = "127.0.5.200";
    private const string Next = "127.0.5.201";

    [FieldFact("One client without an account, names of 58,000 bytes of \\x01 for 20 s: 30 to 36 of 40 others were not counted, and nothing told of it")]
    public Task Clients_that_connect_during_a_flood_of_huge_names_are_counted_or_a_gap_is_told() => ThenSurvivesFloodAsync(seconds: 10);

    [FieldFact("One client without an account, names of 58,000 bytes of \\x01 for 20 s: 30 to 36 of 40 others were not counted, and nothing told of it")]
    [Trait(Length.Trait, Length.IsLong)]
    public Task Clients_that_connect_during_a_flood_of_a_minute_are_counted_or_a_gap_is_told() => ThenSurvivesFloodAsync(seconds: 60);

    private static async Task ThenSurvivesFloodAsync(int seconds)
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();
        await RawSmbConnection.SetUpSmb1SessionAsync(samba, Known);
        var gaps = (await exporter.WhenCountedAsync(Known, 1)).ValueOf("smb1_audit_gaps_total");

        var flood = HugeNameFlood.Start(samba, seconds);
        for (var client = 1; client <= HonestClients; client++)
        {
            await flood.WhenAlongAsync((double)seconds * client / (HonestClients + 1));
            await RawSmbConnection.SetUpSmb1SessionAsync(samba, Honest(client));
        }

        await flood.Completion;
        if (!File.Exists($"{samba.AuditLog}.old"))
        {
            throw new InvalidOperationException("smbd did not rotate its log");
        }

        await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => Counted(scrape) == HonestClients || scrape.ValueOf("smb1_audit_gaps_total") > gaps,
            $"each of {HonestClients} clients is counted, or a gap is told",
            scrape => $"{Counted(scrape)} clients; {scrape.Health()}",
            within: TimeSpan.FromMinutes(1));

        await RawSmbConnection.SetUpSmb1SessionAsync(samba, Next);
        var end = await Then.SoonAsync(
            exporter.ScrapeAsync,
            scrape => scrape.AttemptsByClient().GetValueOrDefault(Next) == 1,
            "the next client is counted within seconds",
            scrape => scrape.Health(),
            within: TimeSpan.FromSeconds(20));
        Assert.DoesNotContain(end.AttemptsByClient(), client => client.Key != HugeNameFlood.Source && client.Value > 1);
        await exporter.ThenIsIdleAsync(atMost: 0.2);
    }

    private static int Counted(PrometheusText scrape) => Enumerable.Range(1, HonestClients).Count(client => scrape.AttemptsByClient().GetValueOrDefault(Honest(client)) == 1);

    private static string Honest(int client) => $"127.0.5.{client}";
}
