using System.Net;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>Receivers on one PostgreSQL.</summary>
public sealed class SharedDatabaseTests
{
    [FieldFact("Two receivers whose clocks differed by five minutes: 40 of 40 notifications of a pair of Alertmanagers were told twice")]
    public async Task Receivers_whose_clocks_differ_tell_once_what_both_Alertmanagers_of_a_pair_send()
    {
        await using var site = new Site();
        var postgres = await site.PostgresAsync();
        var database = await postgres.CreateDatabaseAsync();
        var clock = new Clock(site["clock"]);
        var ahead = await site.ReceiverForAsync(postgres, database, "ahead", clock.Environment);
        clock.Set(TimeSpan.FromMinutes(6));
        var right = await site.ReceiverForAsync(postgres, database);

        await right.NotifyAsync("FS01", attempts: 3, sender: "http://alertmanager-a:9093");
        await ahead.NotifyAsync("FS01", attempts: 3, sender: "http://alertmanager-b:9093");
        await right.WhenDeliveredAsync();

        var ticket = Assert.Single(await right.TicketsAsync());
        Assert.True(ticket.Notes.Count == 0, $"{ticket.Notes.Count} notes repeat what the ticket says");
    }

    [FieldFact("PostgreSQL away: the load balancer was told to send on to receivers that could store nothing")]
    public async Task A_receiver_whose_database_does_not_answer_is_not_ready()
    {
        await using var site = new Site();
        var postgres = await site.PostgresAsync();
        var receiver = await site.ReceiverForAsync(postgres, await postgres.CreateDatabaseAsync());

        await postgres.StopAsync();
        await Then.SoonAsync(() => ReadyAsync(receiver), ready => ready != HttpStatusCode.OK, "the receiver is not ready without its database");

        await postgres.StartAgainAsync();
        await Then.SoonAsync(() => ReadyAsync(receiver), ready => ready == HttpStatusCode.OK, "the receiver is ready once its database is back");
    }

    private static async Task<HttpStatusCode> ReadyAsync(ReceiverProcess receiver)
    {
        using var response = await receiver.Http.GetAsync("/-/ready", TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
