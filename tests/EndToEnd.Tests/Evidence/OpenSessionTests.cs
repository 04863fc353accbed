using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>As long as an SMB1 session is open, SMB1 is used, whether the session left a record or not.</summary>
public sealed class OpenSessionTests
{
    private const string Client = "127.0.0.1";

    /// <summary>The record of a session that is younger may be about to be read: so long it is not counted as one without.</summary>
    private static readonly TimeSpan CountedWithin = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Quiet_time_stands_still_while_a_session_is_open_that_was_counted_and_passes_once_it_is_closed()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);
        await exporter.ThenIsWatchedAsync();

        await using (await OpenSmbSession.StartAsync(samba))
        {
            await exporter.ThenCountsAsync(Client, 1);
            var open = await exporter.ThenSeesAsync(seen => seen is { Sessions: Seen.Yes, Verdict: "attempts" }, "a session is open");
            await exporter.ThenPageSaysAsync($"Clients with an open SMB1 session: {Client}");
            var later = await exporter.ThenSeesAsync(seen => seen.Covered >= open.Covered + 5, "time goes on to be covered");
            Assert.True(later is { Quiet: 0, Verdict: "attempts" }, later.ToString());
        }

        await exporter.ThenSeesAsync(seen => seen is { Sessions: Seen.None, Quiet: >= 1 }, "quiet time passes again");
        await exporter.ThenCountsAsync(Client, 1);
    }

    [Fact]
    public async Task A_session_that_no_record_told_of_is_counted_once_even_over_a_restart_of_the_exporter()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync();
        await using var session = await OpenSmbSession.StartAsync(samba);
        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);
        await exporter.ThenIsWatchedAsync();
        await exporter.ThenPageSaysAsync($"Clients with an open SMB1 session: {Client}");

        await Then.SoonAsync(
            exporter.ScrapeAsync, scrape => scrape.AttemptsByClient().GetValueOrDefault(Client) >= 1, "the session is counted", within: CountedWithin);
        await ThenCountsItOnceAsync();

        await exporter.EndAsync();
        exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime);
        await ThenCountsItOnceAsync();

        async Task ThenCountsItOnceAsync()
        {
            var first = await exporter.ThenSeesAsync(seen => seen is { Audited: true, Sessions: Seen.Yes, Verdict: "attempts" }, "the session is open");
            await exporter.WhenAnsweredAgainAsync(await exporter.WhenAnsweredAgainAsync(first));
            await exporter.ThenCountsAsync(Client, 1);
        }
    }

    [Fact]
    public async Task Sessions_of_excluded_clients_and_those_with_SMB2_hold_up_nothing()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        await using var smb2 = await OpenSmbSession.StartAsync(samba, "SMB2");
        await using var excluded = await OpenSmbSession.StartAsync(samba);

        var exporter = await site.ExporterForSambaAsync(samba, EvidenceSteps.AsksAllTheTime, $"--Exporter:ExcludedClients={Client}");

        await exporter.ThenSeesAsync(seen => seen is { Audited: true, Quiet: >= 5, Verdict: "not_covered" }, "quiet time passes");
        Assert.Empty((await exporter.ScrapeAsync()).AttemptsByClient());
    }
}
