using System.Globalization;
using System.Xml;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// What an event's XML says: a record, an error, both (the event counts, but not all of it could be used), or neither (the event is not ours).
/// </summary>
/// <param name="Record">The attempt or rejection.</param>
/// <param name="Error">What is wrong with the event.</param>
internal readonly record struct ParsedEvent(AuditRecord? Record, AuditReadError? Error)
{
    /// <summary>An event of another provider or with another id.</summary>
    public static ParsedEvent NotOurs => default;
}

/// <summary>
/// Reads the XML of a Windows event: 3000 is an attempt, 1001 a rejection. Takes fields from EventData and from UserData, by local name
/// whatever the namespace prefix; never the rendered message. Never throws, resolves nothing, and keeps only bounded values.
/// </summary>
internal static class EventXmlParser
{
    /// <summary>The longest client name that is passed on, in characters; a DNS name has 253 at most.</summary>
    public const int MaxClientCharacters = 1024;

    /// <summary>The most refusals one event 1001 is believed to stand for.</summary>
    public const long MaxEventCount = 1_000_000;

    /// <summary>Reads one event.</summary>
    /// <param name="xml">The event as Windows renders it (EvtRenderEventXml).</param>
    /// <param name="place">Channel and record number, for messages.</param>
    public static ParsedEvent Parse(string xml, string place)
    {
        RawEvent raw;
        try
        {
            raw = RawEvent.Read(xml);
        }
        catch (Exception e) when (e is XmlException or ArgumentException or InvalidOperationException)
        {
            var oversized = xml.Length > RawEvent.MaxCharacters;
            return Failed(
                oversized ? ReadErrorReason.Oversized : ReadErrorReason.Malformed,
                place,
                oversized ? $"the event's XML has {xml.Length} characters" : $"the event is no well-formed event XML: {Excerpt.Of(e.Message)}");
        }

        if (!raw.Concerns)
        {
            var unnamed = raw.ProviderName is null && raw.ProviderId is null;
            return unnamed || (raw.EventId is null && SmbServerEvents.IsProvider(raw.ProviderName, raw.ProviderId))
                ? Failed(ReadErrorReason.Malformed, place, "the event names no provider or no event id")
                : ParsedEvent.NotOurs;
        }

        if (!TryParseTime(raw.Time, out var time))
        {
            return Failed(ReadErrorReason.Malformed, place, $"event {raw.EventId} has no usable time: SystemTime={Excerpt.Of(raw.Time)}");
        }

        return raw.EventId == SmbServerEvents.Smb1Access ? Attempt(raw, time, place) : Rejection(raw, time, place);
    }

    private static ParsedEvent Attempt(RawEvent raw, DateTimeOffset time, string place)
    {
        // Somebody spoke SMB1, whoever it was.
        var client = raw.Field("ClientName")?.TrimEnd('\0');
        var problem = client is null ? "event 3000 has no field ClientName"
            : client.Length > MaxClientCharacters ? $"the ClientName of event 3000 is longer than {MaxClientCharacters} characters: {Excerpt.Of(client)}"
            : null;
        var record = new AuditRecord(AuditRecordKind.Attempt, time, problem is null ? client! : "", Connection: null, Count: 1, place)
        {
            ClientProblem = problem,
            OwnName = problem is null ? OwnSource.NameIn(client!) : null,
        };
        return new ParsedEvent(record, Error: null);
    }

    private static ParsedEvent Rejection(RawEvent raw, DateTimeOffset time, string place)
    {
        // The client of a rejection is never counted by, so a bad one is no reason to lose the rejection.
        var client = raw.Field("ClientName")?.TrimEnd('\0') ?? "";
        client = client.Length > MaxClientCharacters ? "" : client;

        var count = 1L;
        AuditReadError? error = null;
        if (raw.Field("LogEventCount") is { } text)
        {
            if (long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var stated) && stated <= MaxEventCount)
            {
                count = Math.Max(stated, 1);
            }
            else
            {
                error = new AuditReadError(
                    ReadErrorReason.Malformed,
                    place,
                    $"the LogEventCount of event 1001 is no number up to {MaxEventCount}, the event is counted as 1: {Excerpt.Of(text)}");
            }
        }

        // One that stands for several may stand for clients, too.
        var record = new AuditRecord(AuditRecordKind.Rejection, time, client, Connection: null, count, place)
        {
            OwnName = count == 1 ? OwnSource.NameIn(client) : null,
        };
        return new ParsedEvent(record, error);
    }

    /// <summary>SystemTime is UTC, with seven digits of fraction on most versions of Windows and nine on some; a tick is a seventh digit.</summary>
    private static bool TryParseTime(string? text, out DateTimeOffset time)
    {
        time = default;
        var digits = text is not null && text.EndsWith('Z') ? text[..^1] : text;
        if (string.IsNullOrEmpty(digits))
        {
            return false;
        }

        var point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0 && digits.Length - point > 8)
        {
            if (digits.AsSpan(point + 1).ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }

            digits = digits[..(point + 8)];
        }

        return DateTimeOffset.TryParseExact(
            digits,
            "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out time);
    }

    private static ParsedEvent Failed(ReadErrorReason reason, string place, string detail) =>
        new(Record: null, new AuditReadError(reason, place, detail) { MayHideAttempt = true });
}
