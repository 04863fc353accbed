using System.Globalization;
using System.Text.Json;

namespace Smb1Exporter.TicketReceiver.Ticketing.Webhook;

/// <summary>Points to one value of a JSON text (RFC 6901), for example /ticket/id. Pure.</summary>
internal sealed class JsonPointer
{
    private readonly string _text;
    private readonly string[] _parts;

    private JsonPointer(string text)
    {
        _text = text;
        _parts = [.. text.Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    /// <exception cref="FormatException">It is no pointer to a part.</exception>
    public static JsonPointer Parse(string text) => text.StartsWith('/') ? new JsonPointer(text) : throw new FormatException();

    /// <summary>The text or whole number it points to; null when there is none.</summary>
    public string? Find(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var value = document.RootElement;
            foreach (var part in _parts)
            {
                if (!TryStep(value, part, out value))
                {
                    return null;
                }
            }

            return value.ValueKind switch
            {
                JsonValueKind.String when value.GetString() is { Length: > 0 } text => text,
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public override string ToString() => _text;

    private static bool TryStep(JsonElement value, string part, out JsonElement next)
    {
        next = default;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                return value.TryGetProperty(part, out next);
            case JsonValueKind.Array when (part == "0" || !part.StartsWith('0'))
                && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < value.GetArrayLength():
                next = value[index];
                return true;
            default:
                return false;
        }
    }
}
