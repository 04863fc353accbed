using System.Globalization;
using System.Net.Http.Json;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>What tests do with an Alertmanager in Prometheus' place.</summary>
internal static class AlertmanagerSteps
{
    /// <summary>An Alertmanager that sends to the receiver, or a test that is skipped.</summary>
    /// <param name="groupBy">What makes a group, as YAML has it.</param>
    /// <param name="groupInterval">How long it waits before it sends a group again that has changed.</param>
    /// <param name="webhook">A further key of the webhook.</param>
    public static Task<AlertmanagerServer> AlertmanagerForAsync(
        this Site site, ReceiverProcess receiver, string groupBy, string groupInterval, string webhook = "")
    {
        Assert.SkipUnless(File.Exists("/usr/bin/prometheus-alertmanager"), "needs Debian's prometheus-alertmanager");
        return site.AlertmanagerAsync(
            $"""
            route:
              receiver: tickets
              group_by: {groupBy}
              group_wait: 1s
              group_interval: {groupInterval}
              repeat_interval: 1h
            receivers:
              - name: tickets
                webhook_configs:
                  - url: {receiver.Address}alerts
                    {webhook}
                    http_config:
                      authorization:
                        credentials: {receiver.Token}
            """);
    }

    /// <summary>Tells it of clients, as the shipped rules have Prometheus do.</summary>
    public static async Task TellAsync(this AlertmanagerServer alertmanager, params IEnumerable<ToldAlert> alerts)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var response = await alertmanager.Http.PostAsJsonAsync("/api/v2/alerts", alerts.Select(alert => alert.At(now)));
        response.EnsureSuccessStatusCode();
    }
}

/// <summary>An alert about a client of a server of Contoso.</summary>
/// <param name="HasEnded">Whether the rule no longer holds.</param>
internal sealed record ToldAlert(string Server, string Client, int Attempts = 1, bool HasEnded = false)
{
    public object At(DateTimeOffset now)
    {
        var time = now.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var labels = new Dictionary<string, string>
        {
            ["alertname"] = "Smb1TrafficDetected",
            ["severity"] = "warning",
            ["customer"] = "Contoso",
            ["host_name"] = Server,
            ["client_address"] = Client,
        };
        var annotations = new Dictionary<string, string>
        {
            ["attempts"] = Attempts.ToString(CultureInfo.InvariantCulture),
            ["last_seen"] = time,
        };
        return HasEnded ? new { labels, annotations, endsAt = time } : new { labels, annotations };
    }
}
