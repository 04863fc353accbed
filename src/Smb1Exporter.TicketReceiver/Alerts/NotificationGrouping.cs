using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>What a payload asks for.</summary>
/// <param name="Servers">One notification for each server with a firing alert.</param>
/// <param name="Resolved">Alerts that ended: they never open, note or close anything.</param>
/// <param name="OtherAlerts">Firing alerts that are none of ours.</param>
internal sealed record GroupedPayload(IReadOnlyList<ServerNotification> Servers, int Resolved, int OtherAlerts);

/// <summary>Splits a payload by customer and server, however Alertmanager was told to group. Pure.</summary>
internal static class NotificationGrouping
{
    /// <summary>The only alert that opens tickets.</summary>
    public const string TicketAlert = "Smb1TrafficDetected";

    public const string UnknownCustomer = "unknown customer";
    public const string UnknownServer = "unknown server";

    public static GroupedPayload Split(WebhookPayload payload)
    {
        var alerts = payload.Alerts!.OfType<WebhookAlert>().ToList();
        var firing = alerts.Where(alert => alert.Status == WebhookAlert.Firing).ToList();
        var ours = firing.Where(alert => alert.Label("alertname") == TicketAlert).ToList();
        var groups = ours.GroupBy(alert => (Customer: alert.Label("customer"), Server: ServerOf(alert))).ToList();
        var servers = groups.Select(group => ForServer(group.Key.Customer, group.Key.Server, [.. group], payload, groups.Count > 1));
        return new GroupedPayload([.. servers], alerts.Count - firing.Count, firing.Count - ours.Count);
    }

    private static ServerNotification ForServer(
        string? customer, string? server, IReadOnlyList<WebhookAlert> alerts, WebhookPayload payload, bool severalServers)
    {
        var key = Key(customer, server);
        var clients = alerts.Select(ClientActivityReader.Read)
            .GroupBy(client => (client.Address, client.Kind))
            .Select(ClientActivityReader.Merge);
        return new ServerNotification(
            key,
            SafeText.Line(customer) ?? UnknownCustomer,
            SafeText.Line(server) ?? UnknownServer,
            [.. clients],
            payload.TruncatedAlerts,
            severalServers,
            Digest(key, alerts, payload.TruncatedAlerts));
    }

    private static string? ServerOf(WebhookAlert alert)
    {
        if (alert.Label("host_name") is { } name)
        {
            return name;
        }

        var instance = alert.Label("instance");
        var colon = instance?.LastIndexOf(':') ?? -1;
        var hasPort = colon > 0 && ushort.TryParse(instance.AsSpan(colon + 1), out _);
        return hasPort ? instance![..colon].Trim('[', ']') : instance;
    }

    private static string Key(string? customer, string? server) => Hash([customer, server]);

    // Everything that tells one notification from another: whatever differs here is never taken for a repetition of the same. But for
    // the name: that it came to be known, or changed, between two deliveries of one notification is no news of what happened.
    private static string Digest(string key, IReadOnlyList<WebhookAlert> alerts, long notListed)
    {
        var contents = alerts.Select(alert => Hash(
            [alert.Status, alert.Fingerprint, alert.StartsAt, .. Flat(alert.Labels), .. Flat(WithoutName(alert.Annotations))]));
        return Hash([key, Text(notListed), .. contents.Order(StringComparer.Ordinal)]);
    }

    private static Dictionary<string, string?>? WithoutName(IReadOnlyDictionary<string, string?>? annotations) =>
        annotations?.Where(pair => pair.Key != ClientActivityReader.NameAnnotation).ToDictionary();

    private static IEnumerable<string?> Flat(IReadOnlyDictionary<string, string?>? values) =>
        (values ?? new Dictionary<string, string?>())
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SelectMany(pair => new[] { pair.Key, pair.Value })
            .Prepend(Text(values?.Count ?? 0));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Each part goes in with its length, so ("a|b", "c") and ("a", "b|c") differ whatever the parts hold.
    private static string Hash(IEnumerable<string?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = part is null ? [] : Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(part is null ? -1 : bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
