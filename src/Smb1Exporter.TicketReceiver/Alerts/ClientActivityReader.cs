using System.Globalization;
using System.Text.RegularExpressions;
using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>Reads who attempted, how often and when from an alert of <c>Smb1TrafficDetected</c>. What cannot be read is not known. Pure.</summary>
internal static partial class ClientActivityReader
{
    // Beyond this a double, which is what Prometheus counts with, no longer holds every whole number.
    private const decimal LargestExactCount = 9_007_199_254_740_992m;

    /// <summary>The annotation that names a client.</summary>
    public const string NameAnnotation = "client_name";

    public static ClientActivity Read(WebhookAlert alert)
    {
        var address = SafeText.Line(alert.Label("client_address"));
        var kind = address switch
        {
            null => ClientKind.NotNamed,
            "unknown" => ClientKind.Rejected,
            "other" => ClientKind.Others,
            _ => ClientKind.Named,
        };
        return new ClientActivity(
            address ?? "unknown", kind, ParseAttempts(alert.Annotation("attempts")), ParseTime(alert.Annotation("last_seen")))
        {
            Name = kind == ClientKind.Named ? ParseName(alert.Annotation(NameAnnotation), address!) : null,
        };
    }

    /// <summary>One line for a client that several alerts name: the same server scraped twice counts the same attempts.</summary>
    public static ClientActivity Merge(IEnumerable<ClientActivity> sameClient)
    {
        var all = sameClient.ToList();
        return all[0] with
        {
            Attempts = all.Max(client => client.Attempts),
            LastSeen = all.Max(client => client.LastSeen),
            Name = all.Select(client => client.Name).FirstOrDefault(name => name is not null),
        };
    }

    /// <summary>A whole number of attempts, also as Prometheus may print one (<c>12.0</c>, <c>1e+06</c>); null for anything else.</summary>
    public static long? ParseAttempts(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= LargestExactCount && decimal.IsInteger(number)
            ? (long)number
            : null;

    /// <summary>A time as in RFC 3339, to the second; null for anything else, and for Go's zero time.</summary>
    public static DateTimeOffset? ParseTime(string? text)
    {
        if (text is null || Rfc3339().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var offset = match.Groups["offset"].Value is "Z" or "z" ? "+00:00" : match.Groups["offset"].Value;
        var toTheSecond = $"{match.Groups["date"].Value}T{match.Groups["time"].Value}{offset}";
        return DateTimeOffset.TryParseExact(
                toTheSecond, "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time)
            && time.Year > 1
            ? time
            : null;
    }

    /// <summary>A host name that says more than the address; null for anything else.</summary>
    public static string? ParseName(string? text, string address) =>
        text is not null && text != address && HostName().IsMatch(text) ? text : null;

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]{0,252}\z")]
    private static partial Regex HostName();

    [GeneratedRegex(@"\A(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?(?<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Rfc3339();
}
