using System.Text.Json;
using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>Reads a webhook body and checks that tickets can be made from it. Pure.</summary>
internal static class PayloadReader
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The payload, or what is wrong with it.</summary>
    public static (WebhookPayload? Payload, PayloadFault? Fault) Read(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith(ByteOrderMark))
        {
            body = body[ByteOrderMark.Length..];
        }

        if (body.Trim(" \t\r\n"u8).IsEmpty)
        {
            return (null, new PayloadFault(RefusalReason.NotJson, "The body is empty; post an Alertmanager webhook notification."));
        }

        WebhookPayload? payload;
        try
        {
            payload = JsonSerializer.Deserialize(body, WebhookJson.Default.WebhookPayload);
        }
        catch (JsonException e)
        {
            return (null, Describe(e, IsJson(body)));
        }

        return payload is null
            ? (null, Wrong("The body is the JSON value null; post an Alertmanager webhook notification."))
            : Check(payload) is { } fault ? (null, fault) : (payload, null);
    }

    private static PayloadFault? Check(WebhookPayload payload)
    {
        if (payload.Version != "4")
        {
            var found = SafeText.Line(payload.Version) is { } version ? $"is \"{version}\"" : "is missing";
            return new PayloadFault(
                RefusalReason.WrongVersion, $"$.version {found}; only Alertmanager's webhook format version \"4\" is understood.");
        }

        if (payload.Alerts is null)
        {
            return Wrong("$.alerts is missing; it must be the list of alerts.");
        }

        if (payload.TruncatedAlerts < 0)
        {
            return Wrong("$.truncatedAlerts is negative; it must be 0 or more.");
        }

        for (var i = 0; i < payload.Alerts.Count; i++)
        {
            if (CheckAlert(payload.Alerts[i]) is { } problem)
            {
                return Wrong($"$.alerts[{i}]{problem}");
            }
        }

        return null;
    }

    private static string? CheckAlert(WebhookAlert? alert)
    {
        if (alert is null)
        {
            return " is null; it must be an alert.";
        }

        if (alert.Status is not (WebhookAlert.Firing or WebhookAlert.Resolved))
        {
            var found = SafeText.Line(alert.Status) is { } status ? $"is \"{status}\"" : "is missing";
            return $".status {found}; it must be \"firing\" or \"resolved\".";
        }

        return alert.Label("alertname") is null
            ? ".labels.alertname is missing; without it nobody can say what the alert is about."
            : null;
    }

    private static PayloadFault Wrong(string detail) => new(RefusalReason.WrongShape, detail);

    private static PayloadFault Describe(JsonException e, bool isJson)
    {
        var place = $"{SafeText.Line(e.Path) ?? "$"}, line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}";
        return isJson
            ? Wrong($"The value at {place} is not what an Alertmanager webhook notification has there (wrong type, or a field given twice).")
            : new PayloadFault(RefusalReason.NotJson, $"The body is not valid JSON at {place}.");
    }

    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    reader.GetString();
                }
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
