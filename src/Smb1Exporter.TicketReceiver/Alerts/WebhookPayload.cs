using System.Text.Json.Serialization;

namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>
/// What Alertmanager posts to a webhook, version "4" of its format; only the parts that are used. Fields that newer versions add are ignored.
/// Source: Alertmanager documentation, "webhook_config".
/// </summary>
internal sealed record WebhookPayload
{
    public string? Version { get; init; }

    /// <summary>How many alerts Alertmanager left out because of its setting <c>max_alerts</c>.</summary>
    public long TruncatedAlerts { get; init; }

    /// <summary>The address of the Alertmanager that sent this.</summary>
    [JsonPropertyName("externalURL")]
    public string? ExternalUrl { get; init; }

    public IReadOnlyList<WebhookAlert?>? Alerts { get; init; }
}

/// <summary>One alert of a payload.</summary>
internal sealed record WebhookAlert
{
    public const string Firing = "firing";
    public const string Resolved = "resolved";

    /// <summary><see cref="Firing"/> or <see cref="Resolved"/>.</summary>
    public string? Status { get; init; }

    public IReadOnlyDictionary<string, string?>? Labels { get; init; }

    public IReadOnlyDictionary<string, string?>? Annotations { get; init; }

    public string? StartsAt { get; init; }

    public string? Fingerprint { get; init; }

    /// <summary>The label's value; null when missing or blank, which Prometheus does not tell apart.</summary>
    public string? Label(string name) => Value(Labels, name);

    /// <summary>The annotation's value; null when missing or blank.</summary>
    public string? Annotation(string name) => Value(Annotations, name);

    private static string? Value(IReadOnlyDictionary<string, string?>? values, string name) =>
        values is not null && values.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(WebhookPayload))]
internal sealed partial class WebhookJson : JsonSerializerContext;
