using Smb1Exporter.EndToEnd.Tests.Dashboards.History;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <content>The fleet dashboard.</content>
internal static partial class ExpectedAnswers
{
    private const int TopClients = 25;
    private const int TopServers = 10;

    private static Dictionary<(string Panel, string RefId), At> Fleet => new()
    {
        [("Servers", "A")] = (asked, time, _) => Number(Servers(asked, time).Count()),
        [("Ready to have SMB1 disabled", "A")] = (asked, time, _) => Number(Servers(asked, time, "ready").Count()),
        [("Servers with SMB1 traffic", "A")] = (asked, time, _) => Number(KnownInHour(asked, time).Count(server => server.Attempts(time, Hour) > 0)),
        [("Attempts in the past hour", "A")] = (asked, time, _) => Number(KnownInHour(asked, time).Sum(server => server.Attempts(time, Hour))),
        [("Clients still in use", "A")] = (asked, time, _) => Number(Servers(asked).Sum(server => server.RecentClients(time) ?? 0)),
        [("Servers without auditing or data", "A")] = (asked, time, _) => Number(Servers(asked, time, Blind).Count()),
        [("Servers by verdict", "A")] = (asked, time, _) => ByVerdict(asked, time),
        [("Progress over months: servers by verdict", "A")] = (asked, time, _) => ByVerdict(asked, time),
        [("Progress over months: clients still in use", "A")] = (asked, time, _) =>
            Shown(asked, time).Any() ? Number(Servers(asked).Sum(server => server.RecentClients(time) ?? 0)) : [],
        [("Progress over months: clients still in use", "B")] = (asked, time, _) =>
            Servers(asked).Count(server => server.RecentClients(time) > 0) is > 0 and var count ? Number(count) : [],
        [("Attempts per hour", "A")] = (asked, time, _) =>
            KnownInHour(asked, time).Any() ? Number(KnownInHour(asked, time).Sum(server => server.Attempts(time, Hour))) : [],
        [("Attempts per hour by server", "A")] = (asked, time, _) =>
            from server in MostAttempts(asked)
            where KnownInHour(asked, time).Contains(server)
            select Of(server, server.Attempts(time, Hour)),
        [("Top clients across servers", "A")] = (asked, time, _) =>
            from top in Top(asked, time)
            select OfClient(top, top.Attempts),
        [("Top clients across servers", "B")] = (asked, time, _) =>
            from shown in ShownInTop(asked, time)
            where shown.LastSeen > time - asked.Range
            group shown by shown.Key into servers
            select OfClient(servers.Key, servers.Count()),
        [("Top clients across servers", "C")] = (asked, time, _) =>
            from shown in ShownInTop(asked, time)
            group shown.LastSeen by shown.Key into times
            select OfClient(times.Key, Milliseconds(times.Max())),
        [("Top clients across servers", "D")] = (asked, time, _) =>
            from shown in ShownInTop(asked, time)
            where shown.Name is not null
            group shown.Name by shown.Key into names
            select OfClient(names.Key, 1, ("client_name", names.Distinct().Single()!)),
        [("Which servers are without auditing or data", "A")] = (asked, time, _) =>
            Servers(asked, time, Blind).Select(server => Of(server, 1, Verdict(server, time))),
        [("Which servers are without auditing or data", "B")] = (asked, time, _) =>
            Servers(asked, time, Blind).Select(server => Of(server, Milliseconds(server.LastScrape(time)))),
        [("Targets that do not answer", "A")] = (asked, time, _) => asked.Customers is null && asked.Server is null
            ? Silent(time).Append(KnownFleet.NeverAnswered).Select(instance => new Expected(0, ("instance", instance)))
            : [],
        [("What stands in the way", "A")] = (asked, time, _) =>
            Servers(asked, time, Waiting).Select(server => Of(server, Milliseconds(server.Earliest(time)), Verdict(server, time))),
        [("What stands in the way", "B")] = (asked, time, _) => LastAttempts(Servers(asked, time, Waiting), time),
        [("What stands in the way", "C")] = (asked, time, _) =>
            Servers(asked, time, Waiting).Select(server => Of(server, Milliseconds(server.CoveredSince(server.ScrapeShownAt(time)!.Value)))),
        [("What stands in the way", "D")] = (asked, time, _) =>
            Servers(asked, time, Waiting).Select(server => Of(server, server.RecentClients(time)!.Value)),
        [("What stands in the way", "E")] = (asked, time, _) =>
            Servers(asked, time, Waiting).Select(server => Of(server, server.Attempts(time, Hour))),
        [("Which servers are ready", "A")] = (asked, time, _) =>
            Servers(asked, time, "ready").Select(server => Of(server, Milliseconds(server.Earliest(time)), Verdict(server, time))),
        [("Which servers are ready", "B")] = (asked, time, _) => LastAttempts(Servers(asked, time, "ready"), time),
        [("Gaps and read errors", "A")] = (asked, time, _) =>
            from server in Servers(asked)
            let gaps = server.ScrapedIn(server.Gaps, time, asked.Range)
            where gaps > 0
            select Of(server, gaps),
        [("Gaps and read errors", "B")] = (asked, time, _) =>
            from server in Servers(asked)
            let errors = server.ScrapedIn(server.ReadErrors, time, asked.Range)
            where errors > 0
            select Of(server, errors),
        [("Refused and excluded by server", "A")] = (asked, time, step) => Ranked(asked, time, step, server => server.Rejected),
        [("Refused and excluded by server", "B")] = (asked, time, step) => Ranked(asked, time, step, server => server.Excluded),
    };

    private static IEnumerable<ServerHistory> MostAttempts(Asked asked) =>
        Most(Servers(asked).Select(server => (server, server.Attempts(asked.End, asked.Range))), TopServers);

    private static IEnumerable<Expected> Ranked(Asked asked, DateTimeOffset time, TimeSpan step, Func<ServerHistory, IReadOnlyList<DateTimeOffset>> events) =>
        from server in Most(Servers(asked).Select(server => (server, server.ScrapedIn(events(server), asked.End, asked.Range))), TopServers)
        where HasSamplesIn(server, time, step)
        select Of(server, server.ScrapedIn(events(server), time, step));

    /// <summary>Those with most, as long as it is clear who they are.</summary>
    private static IEnumerable<T> Most<T>(IEnumerable<(T Item, int Count)> items, int limit)
    {
        var ordered = items.Where(item => item.Count > 0).OrderByDescending(item => item.Count).ToList();
        Assert.True(ordered.Count <= limit || ordered[limit - 1].Count > ordered[limit].Count, "The history leaves open who is in and who is out.");
        return ordered.Take(limit).Select(item => item.Item);
    }

    private static IEnumerable<(string Customer, string Address, int Attempts)> Top(Asked asked, DateTimeOffset time) =>
        Most(
            from seen in ClientsIn(asked, time, asked.Range)
            group seen.Server.Attempts(seen.Client, time, asked.Range) by (seen.Server.Customer, seen.Client.Address) into counts
            let total = counts.Sum()
            select ((counts.Key.Customer, counts.Key.Address, total), total),
            TopClients);

    private static IEnumerable<((string Customer, string Address, int Attempts) Key, DateTimeOffset? LastSeen, string? Name)> ShownInTop(Asked asked, DateTimeOffset time) =>
        from top in Top(asked, time)
        from shown in ShownClients(asked, time)
        where (shown.Server.Customer, shown.Client.Address) == (top.Customer, top.Address)
        select (top, shown.Client.LastSeen(shown.Scrape, shown.Server.LostBefore(shown.Scrape)), shown.Client.Name);

    private static Expected OfClient((string Customer, string Address, int Attempts) client, double value, params (string, string)[] more) =>
        new(value, [("customer", client.Customer), ("client_address", client.Address), .. more]);

    /// <summary>The addresses that are scraped in vain.</summary>
    private static IEnumerable<string> Silent(DateTimeOffset time) =>
        from server in KnownFleet.Servers
        where server.ScrapeShownAt(time) is null
        from target in server.Targets
        where target.When.Contains(time)
        select target.Instance;
}
