using System.Text.Json;
using System.Text.Json.Nodes;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.TicketReceiver.Tests.Support;

/// <summary>Builds Alertmanager notifications from the recorded one.</summary>
internal static class Payloads
{
    public static JsonObject Sample() => JsonNode.Parse(Samples.Read("alertmanager-webhook.json"))!.AsObject();

    /// <summary>A notification of one alert per client.</summary>
    public static JsonObject Firing(string customer, string server, params (string Client, string Attempts)[] clients) =>
        With([.. clients.Select(client => Alert(customer, server, client.Client, client.Attempts))]);

    /// <summary>The recorded notification with other alerts.</summary>
    public static JsonObject With(params JsonObject[] alerts)
    {
        var payload = Sample();
        payload["alerts"] = new JsonArray([.. alerts]);
        return payload;
    }

    public static JsonObject Alert(string customer, string server, string client, string attempts)
    {
        var alert = Sample()["alerts"]![0]!.DeepClone().AsObject();
        alert["labels"]!["customer"] = customer;
        alert["labels"]!["host_name"] = server;
        alert["labels"]!["client_address"] = client;
        alert["annotations"]!["attempts"] = attempts;
        return alert;
    }

    public static JsonObject Changed(Action<JsonObject> change)
    {
        var payload = Sample();
        change(payload);
        return payload;
    }

    public static StringContent Content(this JsonNode payload) => new(payload.ToJsonString(), null, "application/json");

    public static byte[] Bytes(this JsonNode payload) => JsonSerializer.SerializeToUtf8Bytes(payload);
}
