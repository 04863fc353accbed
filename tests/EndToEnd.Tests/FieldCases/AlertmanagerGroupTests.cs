using System.Text.RegularExpressions;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Ways to set a real Alertmanager up that differ from the shipped one.</summary>
public sealed partial class AlertmanagerGroupTests
{
    [FieldFact("alertmanager#2274 #3396 #2404 #3506: max_alerts shortens the list, and truncatedAlerts says by how many")]
    public async Task Servers_beyond_max_alerts_get_their_ticket_or_it_is_told_that_some_were_left_out()
    {
        await using var site = new Site();
        var receiver = await site.ReceiverAsync();
        var alertmanager = await site.AlertmanagerForAsync(receiver, "[alertname]", "2s", "max_alerts: 5");

        await alertmanager.TellAsync(Servers(1, 12));
        await Eventually.GetAsync(receiver.TicketsAsync, tickets => tickets.Count >= 5, "the servers that are listed have their tickets");

        await ThenNoneIsLeftOutAsync(receiver, 12);
    }

    [FieldFact("alertmanager#2274 #3396 #2404 #3506: with max_alerts, ended alerts take the places of those that fire")]
    public async Task Servers_behind_ended_alerts_get_their_ticket_or_it_is_told_that_some_were_left_out()
    {
        await using var site = new Site();
        var receiver = await site.ReceiverAsync();
        var alertmanager = await site.AlertmanagerForAsync(receiver, "[alertname]", "2s", "max_alerts: 5");
        await alertmanager.TellAsync(Servers(1, 5));
        await Eventually.GetAsync(receiver.TicketsAsync, tickets => tickets.Count == 5, "the first five servers have their tickets");

        // In this order: the two that begin are last in the list also where it is sent before it has all.
        await alertmanager.TellAsync([.. Servers(6, 7), .. Servers(1, 5).Select(alert => alert with { HasEnded = true })]);
        await Eventually.GetAsync(
            receiver.ScrapeAsync, scrape => scrape.ValueOf("smb1_ticket_notifications_received_total") >= 2, "Alertmanager has sent the group again");

        await ThenNoneIsLeftOutAsync(receiver, 7);
    }

    [FieldFact("alertmanager#510 #2404, jiralert#184: group_by ['...'] makes each alert a notification, send_resolved is left on")]
    public async Task One_ticket_per_server_names_every_client_and_a_return_where_each_alert_is_a_group()
    {
        await using var site = new Site();
        var receiver = await site.ReceiverAsync();
        var alertmanager = await site.AlertmanagerForAsync(receiver, "['...']", "4s");

        var clients = Enumerable.Range(1, 4).Select(client => new ToldAlert("FS01", $"10.7.0.{client}", 3));
        await alertmanager.TellAsync([.. clients, new ToldAlert("FS02", "10.7.0.1")]);
        await Then.SoonAsync(
            receiver.TicketsAsync,
            tickets => tickets.Count == 2 && Of(tickets, "FS01").Notes.Count == 3,
            "two tickets, one with notes about three further clients",
            Describe);

        await alertmanager.TellAsync(new ToldAlert("FS01", "10.7.0.1", 3, HasEnded: true));
        await Then.SoonAsync(
            receiver.ScrapeAsync,
            scrape => scrape.Of("smb1_ticket_alerts_ignored_total").Single(one => one.Labels["reason"] == "resolved").Value >= 1,
            "the ended alert is ignored");
        await alertmanager.TellAsync(new ToldAlert("FS01", "10.7.0.1", 9));
        await Then.SoonAsync(receiver.TicketsAsync, tickets => Returns(tickets) > 0, "the return is noted", Describe);

        // When this is noted, all that came before it has had its effect.
        await alertmanager.TellAsync(new ToldAlert("FS01", "10.7.0.99"));
        var tickets = await Then.SoonAsync(
            receiver.TicketsAsync, tickets => LinesAbout(tickets, "10.7.0.99").Any(), "a last client is noted", Describe);
        Assert.Equal(2, tickets.Count);
        Assert.All(tickets, ticket => Assert.False(ticket.IsClosed, ticket.Subject));
        Assert.All(Enumerable.Range(1, 4), client => Assert.NotEmpty(LinesAbout(tickets, $"10.7.0.{client}")));
        Assert.Equal(1, Returns(tickets));
    }

    private static IEnumerable<ToldAlert> Servers(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(number => new ToldAlert($"FS{number:d2}", $"10.7.0.{number}"));

    private static async Task ThenNoneIsLeftOutAsync(ReceiverProcess receiver, int servers) => await Then.SoonAsync(
        async () => (Tickets: await receiver.TicketsAsync(), Told: await ToldAsync(receiver)),
        seen => seen.Tickets.Count == servers || seen.Told is not null,
        $"each of {servers} servers has its ticket, or log or metrics tell that some were left out",
        seen => $"{seen.Tickets.Count} tickets, and not a word");

    /// <summary>The line of the log, or the series, that tells of alerts that were left out; null where none does.</summary>
    private static async Task<string?> ToldAsync(ReceiverProcess receiver) =>
        receiver.Process.Output.Split('\n').FirstOrDefault(line => LeftOut.IsMatch(line))
        ?? (await receiver.ScrapeAsync()).Samples.Values.FirstOrDefault(sample => LeftOut.IsMatch(sample.Name) && sample.Value > 0)?.Series;

    private static Ticket Of(IReadOnlyList<Ticket> tickets, string server) =>
        tickets.Single(ticket => ticket.Subject.EndsWith(server, StringComparison.Ordinal));

    private static IEnumerable<string> LinesAbout(IReadOnlyList<Ticket> tickets, string client) =>
        ((string[])[Of(tickets, "FS01").Body, .. Of(tickets, "FS01").Notes.Select(note => note.Body)])
            .SelectMany(text => text.Split('\n'))
            .Where(line => line.StartsWith($"{client}: ", StringComparison.Ordinal));

    private static int Returns(IReadOnlyList<Ticket> tickets) =>
        LinesAbout(tickets, "10.7.0.1").Count(line => line.Contains(": 9 SMB1", StringComparison.Ordinal));

    private static string Describe(IReadOnlyList<Ticket> tickets) =>
        string.Join("\n", tickets.Select(ticket => $"{ticket.Subject}: {string.Join(" | ", ticket.Notes.Select(note => note.Body))}"));

    [GeneratedRegex("left.out|truncat|not.listed|max_alerts", RegexOptions.IgnoreCase)]
    private static partial Regex LeftOut { get; }
}
