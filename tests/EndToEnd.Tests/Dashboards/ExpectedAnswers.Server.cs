using Smb1Exporter.EndToEnd.Tests.Dashboards.History;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <content>The dashboard of one server.</content>
internal static partial class ExpectedAnswers
{
    private const int TopClientsOfServer = 20;

    private static Dictionary<(string Panel, string RefId), At> Server => new()
    {
        [("Verdict", "A")] = (asked, time, _) => Servers(asked, time).Select(server => Of(server, 1, Verdict(server, time))),
        [("At the earliest", "A")] = (asked, time, _) =>
            Servers(asked, time, ["ready", .. Waiting]).Select(server => Of(server, Milliseconds(server.Earliest(time)))),
        [("Last attempt", "A")] = (asked, time, _) => LastAttempts(Servers(asked), time),
        [("Attempts in the time shown", "A")] = (asked, time, _) => Number(Servers(asked).Sum(server => server.Attempts(time, asked.Range))),
        [("Last figures", "A")] = (asked, time, _) =>
            Servers(asked, time).Select(server => Of(server, Milliseconds(server.LastScrape(time)))),
        [("Attempts by client", "A")] = (asked, time, step) =>
            from most in Most(
                ClientsIn(asked, asked.End, asked.Range).Select(seen => (seen, seen.Server.Attempts(seen.Client, asked.End, asked.Range))), TopClientsOfServer)
            where ClientsIn(asked, time, step).Contains(most)
            select Of(most.Server, most.Client, most.Server.Attempts(most.Client, time, step)),
        [("Clients", "A")] = (asked, time, _) =>
            from shown in ShownClients(asked, time)
            select Of(shown.Server, shown.Client, Milliseconds(shown.Client.LastSeen(shown.Scrape, shown.Server.LostBefore(shown.Scrape)))),
        [("Clients", "B")] = (asked, time, _) =>
            from shown in ShownClients(asked, time)
            select Of(shown.Server, shown.Client, Milliseconds(shown.Client.FirstSeen(shown.Scrape, shown.Server.LostBefore(shown.Scrape)))),
        [("Clients", "C")] = (asked, time, _) =>
            from shown in ShownClients(asked, time)
            select Of(shown.Server, shown.Client, shown.Server.Attempts(shown.Client, time, asked.Range)),
        [("Clients", "D")] = (asked, time, _) =>
            from shown in ShownClients(asked, time)
            where shown.Client.Name is not null
            select Of(shown.Server, shown.Client, 1, ("client_name", shown.Client.Name!)),
        [("State", "A")] = (asked, time, _) => States(asked, time, server => server.Smb1Off),
        [("State", "B")] = (asked, time, _) => States(asked, time, server => server.AuditingOff),
        [("State", "C")] = (asked, time, _) => States(asked, time, server => server.SourceDown),
        [("Verdict over time", "A")] = (asked, time, _) => Servers(asked, time).Select(server => Of(server, 1, Verdict(server, time))),
        [("Days covered without a gap", "A")] = (asked, time, _) =>
            Shown(asked, time).Select(server => Of(server, server.Covered(server.ScrapeShownAt(time)!.Value).TotalDays)),
        [("Days covered without a gap", "B")] = (asked, time, _) => Shown(asked, time).Select(server => Of(server, server.ReadyAfter.TotalDays)),
        [("Days covered without a gap", "C")] = (asked, time, _) =>
            Shown(asked, time).Select(server => Of(server, server.Quiet(server.ScrapeShownAt(time)!.Value).TotalDays)),
        [("Gaps and read errors over time", "A")] = (asked, time, step) => Counted(asked, time, step, server => server.Gaps),
        [("Gaps and read errors over time", "B")] = (asked, time, step) =>
            Servers(asked).Where(server => server.ScrapedIn(server.ReadErrors, time, step) > 0)
                .Select(server => Of(server, server.ScrapedIn(server.ReadErrors, time, step), ("reason", "malformed"))),
        [("Refused and excluded", "A")] = (asked, time, step) => Counted(asked, time, step, server => server.Rejected),
        [("Refused and excluded", "B")] = (asked, time, step) => Counted(asked, time, step, server => server.Excluded),
        [("Room for clients", "A")] = (asked, time, _) =>
            Shown(asked, time).Select(server => Of(server, ShownClients(asked, time).Count() / (double)KnownFleet.ClientsLimit)),
    };

    private static IEnumerable<Expected> States(
        Asked asked, DateTimeOffset time, Func<ServerHistory, IReadOnlyList<Stretch>> stretches) =>
        from server in Shown(asked, time)
        let inside = stretches(server).Any(stretch => stretch.Contains(server.ScrapeShownAt(time)!.Value))
        select Of(server, inside ? 0 : 1);

    private static IEnumerable<Expected> Counted(
        Asked asked, DateTimeOffset time, TimeSpan step, Func<ServerHistory, IReadOnlyList<DateTimeOffset>> events) =>
        Servers(asked).Where(server => HasSamplesIn(server, time, step)).Select(server => Of(server, server.ScrapedIn(events(server), time, step)));
}
