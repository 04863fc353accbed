using Smb1Exporter.EndToEnd.Tests.Dashboards.History;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <summary>One value of a query's answer.</summary>
internal sealed record Expected(double Value, params (string Name, string Value)[] Labels);

/// <summary>What every query must answer, worked out from the <see cref="KnownFleet"/> without any query.</summary>
internal static partial class ExpectedAnswers
{
    private const int MillisecondsPerSecond = 1000;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly string[] Blind = ["auditing_off", "source_down", "unknown"];
    private static readonly string[] Waiting = ["attempts", "not_covered"];

    /// <summary>The values of a query at a time, by dashboard, panel and letter of the query.</summary>
    internal delegate IEnumerable<Expected> At(Asked asked, DateTimeOffset time, TimeSpan step);

    public static IReadOnlyDictionary<(string Dashboard, string Panel, string RefId), At> All { get; } =
        Fleet.Select(pair => (Key: ("smb1-fleet.json", pair.Key.Panel, pair.Key.RefId), pair.Value))
            .Concat(Server.Select(pair => (Key: ("smb1-server.json", pair.Key.Panel, pair.Key.RefId), pair.Value)))
            .ToDictionary(pair => pair.Key, pair => pair.Value);

    private static IEnumerable<ServerHistory> Servers(Asked asked) =>
        KnownFleet.Servers.Where(server => asked.Includes(server.Customer, server.HostName));

    /// <summary>The servers that have one of these verdicts.</summary>
    private static IEnumerable<ServerHistory> Servers(Asked asked, DateTimeOffset time, params string[] verdicts) =>
        Servers(asked).Where(server => server.Verdict(time) is { } verdict && (verdicts.Length == 0 || verdicts.Contains(verdict)));

    private static IEnumerable<ServerHistory> Shown(Asked asked, DateTimeOffset time) =>
        Servers(asked).Where(server => server.ScrapeShownAt(time) is not null);

    /// <summary>Every client of every server that shows figures, with the scrape that shows it.</summary>
    private static IEnumerable<(ServerHistory Server, ClientHistory Client, DateTimeOffset Scrape)> ShownClients(Asked asked, DateTimeOffset time) =>
        from server in Shown(asked, time)
        let scrape = server.ScrapeShownAt(time)!.Value
        from client in server.Clients
        where client.IsShown(scrape, server.LostBefore(scrape))
        select (server, client, scrape);

    /// <summary>Every client that had samples in the time before <paramref name="end"/>.</summary>
    private static IEnumerable<(ServerHistory Server, ClientHistory Client)> ClientsIn(Asked asked, DateTimeOffset end, TimeSpan window) =>
        from server in Servers(asked)
        from client in server.Clients
        where server.Scrapes.Any(scrape => scrape >= end - window && scrape <= end && client.IsShown(scrape, server.LostBefore(scrape)))
        select (server, client);

    private static IEnumerable<Expected> Number(double value) => [new(value)];

    private static IEnumerable<Expected> ByVerdict(Asked asked, DateTimeOffset time) =>
        Servers(asked, time).GroupBy(server => server.Verdict(time)!).Select(group => new Expected(group.Count(), ("verdict", group.Key)));

    private static Expected Of(ServerHistory server, double value, params (string, string)[] more) =>
        new(value, [("customer", server.Customer), ("host_name", server.HostName), .. more]);

    private static Expected Of(ServerHistory server, ClientHistory client, double value, params (string, string)[] more) =>
        Of(server, value, [("client_address", client.Address), .. more]);

    private static (string, string) Verdict(ServerHistory server, DateTimeOffset time) => ("verdict", server.Verdict(time)!);

    private static double Milliseconds(DateTimeOffset? time) => time!.Value.ToUnixTimeSeconds() * (double)MillisecondsPerSecond;

    private static IEnumerable<Expected> LastAttempts(IEnumerable<ServerHistory> servers, DateTimeOffset time) =>
        from server in servers
        where server.ScrapeShownAt(time) is { } scrape && server.LastAttempt(scrape) is not null
        select Of(server, Milliseconds(server.LastAttempt(server.ScrapeShownAt(time)!.Value)));

    private static bool HasSamplesIn(ServerHistory server, DateTimeOffset end, TimeSpan window) =>
        server.Scrapes.Any(scrape => scrape >= end - window && scrape <= end);

    /// <summary>The servers of which the attempts in the hour before are known: also of one that fell silent in that hour.</summary>
    private static IEnumerable<ServerHistory> KnownInHour(Asked asked, DateTimeOffset time) =>
        from server in Servers(asked)
        where server.ScrapeShownAt(time) is not null
            || ClientsIn(asked with { Customers = [server.Customer], Server = server.HostName }, time, Hour).Any()
        select server;
}
