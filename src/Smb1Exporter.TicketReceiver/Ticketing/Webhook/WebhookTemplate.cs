using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Smb1Exporter.TicketReceiver.Ticketing.Webhook;

/// <summary>
/// JSON with placeholders in its texts. They are replaced after it was parsed, all in one pass: no value can end its text, add a property or
/// bring in a placeholder.
/// </summary>
internal sealed partial class WebhookTemplate
{
    /// <summary>What is sent unless a file says otherwise.</summary>
    public const string Default =
        """
        {
          "event": "%EVENT%",
          "key": "%KEY%",
          "reference": "%REFERENCE%",
          "deliveryId": "%DELIVERYID%",
          "subject": "%SUBJECT%",
          "body": "%BODY%",
          "server": "%COMPUTERNAME%",
          "customer": "%CLIENTNAME%",
          "route": {
            "company": "%COMPANY%",
            "board": "%BOARD%",
            "queue": "%QUEUE%",
            "priority": "%PRIORITY%",
            "contact": "%CONTACT%"
          }
        }
        """;

    private static readonly Dictionary<string, Func<WebhookEvent, string?>> Values = new(StringComparer.Ordinal)
    {
        ["EVENT"] = hook => hook.Name,
        ["KEY"] = hook => hook.Message.Key,
        ["REFERENCE"] = hook => hook.Reference,
        ["DELIVERYID"] = hook => hook.Message.DeliveryId,
        ["SUBJECT"] = hook => hook.Message.Subject,
        ["BODY"] = hook => hook.Message.Body,
        ["COMPUTERNAME"] = hook => hook.Message.Server,
        ["CLIENTNAME"] = hook => hook.Message.Customer,
        ["COMPANY"] = hook => hook.Message.Route.Company,
        ["BOARD"] = hook => hook.Message.Route.Board,
        ["QUEUE"] = hook => hook.Message.Route.Queue,
        ["PRIORITY"] = hook => hook.Message.Route.Priority,
        ["CONTACT"] = hook => hook.Message.Route.Contact,
    };

    private readonly JsonNode _root;

    private WebhookTemplate(JsonNode root) => _root = root;

    /// <summary>Reads a template.</summary>
    /// <exception cref="FormatException">It is not JSON, or holds a placeholder that there is not; the message says which.</exception>
    public static WebhookTemplate Parse(string json)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(json);
            Check(root);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new FormatException($"it is not JSON: {e.Message.TrimEnd('.')}", e);
        }

        return root is JsonObject or JsonArray ? new WebhookTemplate(root) : throw new FormatException("it is not a JSON object");
    }

    /// <summary>The JSON for an event.</summary>
    public JsonNode Render(WebhookEvent hook) => Fill(_root, hook)!;

    private static JsonNode? Fill(JsonNode? node, WebhookEvent hook) => node switch
    {
        JsonObject source => new JsonObject(source.Select(property => KeyValuePair.Create(property.Key, Fill(property.Value, hook)))),
        JsonArray source => new JsonArray([.. source.Select(item => Fill(item, hook))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(
            Placeholder().Replace(value.GetValue<string>(), match => Values[match.Groups[1].Value](hook) ?? "")),
        _ => node?.DeepClone(),
    };

    private static void Check(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject source:
                foreach (var (_, value) in source)
                {
                    Check(value);
                }

                break;
            case JsonArray source:
                foreach (var item in source)
                {
                    Check(item);
                }

                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                if (Placeholder().Matches(value.GetValue<string>()).FirstOrDefault(match => !Values.ContainsKey(match.Groups[1].Value)) is { } unknown)
                {
                    throw new FormatException($"{unknown.Value} cannot be used here; use {string.Join(", ", Values.Keys.Select(name => $"%{name}%"))}");
                }

                break;
        }
    }

    [GeneratedRegex("%([A-Za-z][A-Za-z0-9_]*)%", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}

/// <summary>What the webhook is told.</summary>
/// <param name="Name">open: the first firing; note: a further one.</param>
/// <param name="Message">The text and where it goes.</param>
/// <param name="Reference">The ticket, as the receiver of the webhook called it; null when it is not known.</param>
internal sealed record WebhookEvent(string Name, TicketMessage Message, string? Reference)
{
    public static WebhookEvent Open(TicketMessage message) => new("open", message, null);

    public static WebhookEvent Note(TicketMessage message, string reference) => new("note", message, reference);
}
