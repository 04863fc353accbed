using System.Globalization;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards.History;

/// <summary>What Prometheus would have scraped from the <see cref="KnownFleet"/>, as OpenMetrics text.</summary>
internal static class HistorySamples
{
    public static IEnumerable<string> Of(IReadOnlyList<ServerHistory> servers) =>
        servers.SelectMany(server => server.Targets.SelectMany(target => Of(server, target.Instance, target.When)))
            .Concat(Series("up", Labels(("job", "smb1"), ("instance", KnownFleet.NeverAnswered)), KnownFleet.ScrapeTimes(0), _ => 0));

    private static IEnumerable<string> Of(ServerHistory server, string instance, Stretch when)
    {
        var target = ((string, string)[])[("job", "smb1"), ("instance", instance)];
        var host = ((string, string)[])[("customer", server.Customer), ("host_name", server.HostName), .. target];
        var scrapes = server.Scrapes.Where(when.Contains).ToList();
        IEnumerable<string> Gauge(string name, Func<DateTimeOffset, double> value) => Series(name, Labels(host), scrapes, value);
        IEnumerable<string> Counter(string name, IEnumerable<DateTimeOffset> events) => Gauge(name, time => Count(server, events, time));
        return
        [
            .. Series("up", Labels(target), KnownFleet.ScrapeTimes(server.ScrapedAtSecond).Where(when.Contains), time => Flag(server.Scrapes.BinarySearch(time) >= 0)),
            .. Gauge("smb1_server_enabled", time => Flag(!Any(server.Smb1Off, time))),
            .. Gauge("smb1_auditing_enabled", time => Flag(!Any(server.AuditingOff, time))),
            .. Gauge("smb1_audit_source_up", time => Flag(!Any(server.SourceDown, time))),
            .. Gauge("smb1_state_file_up", _ => 1),
            .. Gauge("smb1_covered_seconds", time => (long)server.Covered(time).TotalSeconds),
            .. Gauge("smb1_quiet_seconds", time => (long)server.Quiet(time).TotalSeconds),
            .. Gauge("smb1_audit_covered_since_timestamp_seconds", time => server.CoveredSince(time).ToUnixTimeSeconds()),
            .. Gauge("smb1_last_attempt_timestamp_seconds", time => server.LastAttempt(time)?.ToUnixTimeSeconds() ?? 0),
            .. Gauge("smb1_ready_after_seconds", _ => server.ReadyAfter.TotalSeconds),
            .. Gauge("smb1_tracked_clients", time => ShownClients(server, time)),
            .. Gauge("smb1_tracked_clients_limit", _ => KnownFleet.ClientsLimit),
            .. Counter("smb1_audit_gaps_total", server.Gaps),
            .. Counter("smb1_rejected_connections_total", server.Rejected),
            .. Counter("smb1_excluded_attempts_total", server.Excluded),
            .. Series("smb1_audit_read_errors_total", Labels([.. host, ("reason", "malformed")]), scrapes, time => Count(server, server.ReadErrors, time)),
            .. Series("smb1_audit_read_errors_total", Labels([.. host, ("reason", "io")]), scrapes, _ => 0),
            .. server.Clients.SelectMany(client => Of(server, client, host, scrapes)),
        ];
    }

    private static IEnumerable<string> Of(
        ServerHistory server, ClientHistory client, (string, string)[] host, IReadOnlyList<DateTimeOffset> scrapes)
    {
        var shown = scrapes.Where(time => client.IsShown(time, server.LostBefore(time))).ToList();
        var labels = Labels([.. host, ("client_address", client.Address)]);
        return
        [
            .. Series("smb1_connection_attempts_total", labels, shown, time => client.Known(time, server.LostBefore(time)).Count()),
            .. Series("smb1_client_first_seen_timestamp_seconds", labels, shown, time => Seconds(client.FirstSeen(time, server.LostBefore(time)))),
            .. Series("smb1_client_last_seen_timestamp_seconds", labels, shown, time => Seconds(client.LastSeen(time, server.LostBefore(time)))),
            .. client.Name is { } name
                ? Series("smb1_client_info", Labels([.. host, ("client_address", client.Address), ("client_name", name)]), shown, _ => 1)
                : [],
        ];
    }

    private static int ShownClients(ServerHistory server, DateTimeOffset time) =>
        server.Clients.Count(client => client.IsShown(time, server.LostBefore(time)));

    private static int Count(ServerHistory server, IEnumerable<DateTimeOffset> events, DateTimeOffset time) =>
        events.Count(moment => moment <= time && !(moment <= server.LostBefore(time)));

    private static bool Any(IEnumerable<Stretch> stretches, DateTimeOffset time) => stretches.Any(stretch => stretch.Contains(time));

    private static double Flag(bool value) => value ? 1 : 0;

    private static double Seconds(DateTimeOffset? time) => time!.Value.ToUnixTimeSeconds();

    private static string Labels(params IEnumerable<(string Name, string Value)> labels) =>
        string.Join(',', labels.Select(label => $"{label.Name}=\"{label.Value.Replace("\"", "\\\"", StringComparison.Ordinal)}\""));

    private static IEnumerable<string> Series(string name, string labels, IEnumerable<DateTimeOffset> times, Func<DateTimeOffset, double> value) =>
        times.Select(time => string.Create(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value(time)} {time.ToUnixTimeSeconds()}"));
}
