using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>What Alertmanager sends when a server is used over SMB1.</summary>
internal static class AlertNotification
{
    /// <summary>The client that the alert names.</summary>
    public const string Client = "10.0.0.1";

    /// <summary>Sends one firing alert of one client to a receiver, as Alertmanager does, and returns when it was taken.</summary>
    /// <param name="sender">The address by which one Alertmanager of a pair calls itself.</param>
    public static async Task NotifyAsync(this ReceiverProcess receiver, string server, int attempts, string sender = "http://alertmanager:9093")
    {
        var payload = JsonNode.Parse(Samples.Read("alertmanager-webhook.json"))!;
        var alert = payload["alerts"]![0]!.DeepClone();
        alert["labels"]!["host_name"] = server;
        alert["labels"]!["client_address"] = Client;
        alert["annotations"]!["attempts"] = $"{attempts}";
        payload["externalURL"] = sender;
        payload["alerts"] = new JsonArray(alert);
        using var response = await receiver.Http.PostAsJsonAsync("/alerts", payload);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Returns when the receiver has delivered all that it took.</summary>
    public static Task WhenDeliveredAsync(this ReceiverProcess receiver) => Eventually.GetAsync(
        async () => PrometheusText.Parse(await receiver.Http.GetStringAsync("/metrics")).ValueOf("smb1_ticket_outbox_pending"),
        pending => pending == 0,
        "the receiver has delivered everything");
}
