namespace Smb1Exporter.EndToEnd.Tests.Dashboards.History;

/// <summary>
/// Sixty days of three customers with ten servers each, every server with a fate of its own. Scraped every minute in the last 26 hours and every
/// half hour before, because samples of every minute would make the tests take minutes and gigabytes.
/// </summary>
internal static class KnownFleet
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset Begin { get; } = Now.AddDays(-60);

    public static string[] Customers { get; } = ["Contoso", "Fabrikam", "Tailspin (Toys)"];

    /// <summary>A target that never answered: nobody knows which server it is.</summary>
    public const string NeverAnswered = "10.9.9.9:10445";

    /// <summary>How many clients each server counts one by one.</summary>
    public const int ClientsLimit = 40;

    private static readonly Stretch Always = new(DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
    /// <summary>When scraping every minute began.</summary>
    public static DateTimeOffset EveryMinuteFrom { get; } = Now.AddHours(-26);

    public static IReadOnlyList<ServerHistory> Servers { get; } =
        [.. Customers.SelectMany((customer, index) => Fates(customer, index).Select((server, number) => Placed(server, index, number)))];

    /// <summary>When a server is scraped, if it answers.</summary>
    public static IEnumerable<DateTimeOffset> ScrapeTimes(int second)
    {
        for (var time = Begin; time <= EveryMinuteFrom; time = time.AddMinutes(30))
        {
            yield return time;
        }

        for (var time = EveryMinuteFrom.AddMinutes(1).AddSeconds(second); time <= Now; time = time.AddMinutes(1))
        {
            yield return time;
        }
    }

    private static ServerHistory Placed(ServerHistory server, int customer, int number) => server with
    {
        ScrapedAtSecond = ((customer * 10) + number) * 2 % 60,
        CoveredFrom = server.CoveredFrom == default ? Begin.AddDays(-5) : server.CoveredFrom,
        Targets = server.Targets.Count > 0 ? server.Targets : [.. Addresses(customer, number).Select(address => (address, Always))],
    };

    /// <summary>The servers of the second customer are scraped twice, by mistake.</summary>
    private static IEnumerable<string> Addresses(int customer, int number) =>
        customer == 1 ? [$"10.0.1.{number}:10445", $"fs{number}:10445"] : [$"10.0.{customer}.{number}:10445"];

    /// <summary>Ten servers of one customer. The customer's number makes their figures differ.</summary>
    private static IEnumerable<ServerHistory> Fates(string customer, int c)
    {
        var random = new Random(c);
        ServerHistory Server(string name) => new(customer, name);
        ClientHistory Client(int net, int host, string? name, DateTimeOffset from, DateTimeOffset to, int attempts) =>
            new($"192.168.{net}.{host}", name, Spread(random, from, to, attempts));

        // Nobody ever used SMB1.
        yield return Server("FS01");

        // Used every day, by one client without pause; an attempt in the second before a full hour, when no scrape sees it.
        yield return Server("FS02.example") with
        {
            Clients =
            [
                Client(1, 214, "scanner01.contoso.example", Begin.AddDays(1), Now, 3000 + (100 * c)),
                Client(1, 77, null, Now.AddDays(-40), Now, 90 + c),
                new("192.168.1.9", null, [Now.AddHours(-3).AddSeconds(-1)]),
                new("192.168.1.10", null, [.. Enumerable.Repeat(Now.AddMinutes(-8), 11 + c)]),
            ],
        };

        // The last client was replaced 33 days ago. For the second customer the log could not be read for two days since: it is not ready yet.
        yield return Server("FS03") with
        {
            Clients = [Client(1, 214, "scanner01.contoso.example", Now.AddDays(-55), Now.AddDays(-33), 40 + c)],
            SourceDown = c == 1 ? [new(Now.AddDays(-20), Now.AddDays(-18))] : [],
            Targets = c == 2
                ? [("10.0.2.2:10445", new(DateTimeOffset.MinValue, Now.AddHours(-6))), ("10.0.2.99:10445", new(Now.AddHours(-6), DateTimeOffset.MaxValue))]
                : [],
        };

        // The log wrapped 29 days ago, and for one customer yesterday, too. The third waits for 20 days only.
        yield return Server("FS04") with
        {
            Gaps = c == 1 ? [Now.AddDays(-29), Now.AddHours(-20).AddSeconds(-30)] : [Now.AddDays(-29)],
            ReadyAfter = TimeSpan.FromDays(c == 2 ? 20 : 32),
        };

        // Auditing was switched off five days ago, and for one customer on again.
        yield return Server("FS05") with
        {
            AuditingOff = [new(Now.AddDays(-5), c == 0 ? Now.AddDays(-1).AddHours(-6) : DateTimeOffset.MaxValue)],
            Clients = [Client(5, 20 + c, "printer.example", Now.AddDays(-50), Now.AddDays(-6), 25)],
        };

        // The audit log cannot be read since two hours ago.
        yield return Server("FS06") with
        {
            SourceDown = [new(Now.AddHours(-2), DateTimeOffset.MaxValue)],
            Clients = [Client(6, 30, null, Now.AddDays(-20), Now.AddHours(-3), 60 + (7 * c))],
            ReadErrors = Spread(random, Now.AddHours(-2), Now, 4 + c),
        };

        // SMB1 was switched off 20 days ago; someone still tries.
        yield return Server("FS07") with
        {
            Smb1Off = [new(Now.AddDays(-20), DateTimeOffset.MaxValue)],
            Rejected = Spread(random, Now.AddDays(-20), Now, 200 + c),
        };

        // Fell silent: some hours ago, ten days ago for good, or for two days, when its log wrapped.
        yield return Server("FS08") with
        {
            Silent = c switch
            {
                0 => [new(Now.AddHours(-3).AddMinutes(-20), DateTimeOffset.MaxValue)],
                1 => [new(Now.AddDays(-10), DateTimeOffset.MaxValue)],
                _ => [new(Now.AddDays(-20), Now.AddDays(-18))],
            },
            Gaps = c == 2 ? [Now.AddDays(-18).AddMinutes(1)] : [],
            Clients = [Client(8, 40 + c, "nas.example", Now.AddDays(-45), Now.AddHours(-4), 120 + c)],
        };

        // Lost its state file ten hours ago, having counted before; one client came back at once.
        yield return Server("FS09") with
        {
            StateLost = Now.AddHours(-10).AddMinutes(3),
            Gaps = [Now.AddDays(-33), Now.AddDays(-32), Now.AddHours(-10).AddMinutes(3).AddSeconds(1)],
            Clients =
            [
                new($"2001:db8::{c + 1}", "plc.example",
                    [.. Spread(random, Now.AddDays(-42), Now.AddHours(-11), 30), Now.AddHours(-10).AddMinutes(23), .. Enumerable.Repeat(Now.AddHours(-5).AddMinutes(3), 1 + (4 * c))]),
                Client(9, 50, null, Now.AddDays(-30), Now.AddHours(-12), 45 + c),
            ],
            Rejected = Spread(random, Now.AddDays(-40), Now.AddDays(-35), 9),
        };

        // Installed twelve days ago, used four days ago, scanned every day. For the third customer half an hour ago, by a crowd.
        yield return Server("FS10") with
        {
            CoveredFrom = Now.AddDays(-12).AddHours(-1),
            Silent = [new(Begin, Now.AddDays(-12))],
            Clients = c == 2
                ? [.. Enumerable.Range(1, 30).Select(host => Client(10, host, null, Now.AddMinutes(-100), Now.AddMinutes(-30), 2 * host))]
                : [Client(10, 60 + c, "copier.example", Now.AddDays(-6), Now.AddDays(-4), 8)],
            Excluded = Spread(random, Now.AddDays(-11), Now, 90 + c),
            ReadErrors = [Now.AddDays(-3).AddMinutes(11)],
        };
    }

    /// <summary>That many moments in a stretch of time.</summary>
    private static List<DateTimeOffset> Spread(Random random, DateTimeOffset from, DateTimeOffset to, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => from.AddSeconds(random.NextInt64((long)(to - from).TotalSeconds))).Order()];
}
