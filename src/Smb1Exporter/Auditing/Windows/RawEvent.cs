using System.Globalization;
using System.Xml;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>What is taken from an event's XML: the few values that are read, as text, each bounded in length.</summary>
internal sealed class RawEvent
{
    /// <summary>More characters than any event has: an event holds 64 KiB at most, and XML needs up to six characters for one of its bytes.</summary>
    public const int MaxCharacters = 1024 * 1024;

    /// <summary>Values are cut to this length; longer than any client name, so that a cut one is known to be over-long.</summary>
    public const int MaxValueCharacters = 2048;

    private static readonly XmlReaderSettings ReaderSettings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxCharacters,
        MaxCharactersFromEntities = 1024,
        // A client name is what the network sent: control characters in it are for its reader to judge, not a reason to lose the event.
        CheckCharacters = false,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        ConformanceLevel = ConformanceLevel.Document,
    };

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    public string? ProviderName { get; private set; }

    public Guid? ProviderId { get; private set; }

    /// <summary>Null when there is none, or it is no number.</summary>
    public int? EventId { get; private set; }

    public string? Time { get; private set; }

    /// <summary>Whether the event is one of the two that count; known once its System part is read.</summary>
    public bool Concerns => EventId is { } id && SmbServerEvents.Concerns(ProviderName, ProviderId, id);

    /// <summary>A field of the event, from either shape; null when it has none of that name.</summary>
    public string? Field(string name) => _fields.GetValueOrDefault(name);

    /// <summary>Reads an event. Of one that is not ours, nothing behind its System part is read.</summary>
    /// <exception cref="XmlException">It is not well-formed, has a document type, is no event, or is over-long.</exception>
    public static RawEvent Read(string xml)
    {
        var raw = new RawEvent();
        using var text = new StringReader(WithoutRawNuls(xml));
        using var reader = XmlReader.Create(text, ReaderSettings);
        reader.MoveToContent();
        if (reader.NodeType != XmlNodeType.Element || reader.LocalName != "Event")
        {
            throw new XmlException("the root element is not Event");
        }

        var inSystem = false;
        var systemSeen = false;
        var dataDepth = 0;
        var more = reader.Read();
        while (more)
        {
            if (reader.NodeType == XmlNodeType.EndElement && reader.Depth == 1)
            {
                systemSeen |= inSystem;
                inSystem = false;
                dataDepth = 0;
                if (systemSeen && !raw.Concerns)
                {
                    return raw;
                }
            }

            if (reader.NodeType != XmlNodeType.Element)
            {
                more = reader.Read();
            }
            else if (reader.Depth == 1)
            {
                // Both shapes: fields are children of EventData, or of whatever single element UserData wraps around them.
                // Everything else, RenderingInfo with its localised texts above all, is passed over.
                inSystem = reader.LocalName == "System" && !reader.IsEmptyElement;
                dataDepth = reader.LocalName switch { "EventData" => 2, "UserData" => 3, _ => 0 };
                more = inSystem || dataDepth > 0 ? reader.Read() : Skip(reader);
            }
            else if (inSystem && reader.Depth == 2)
            {
                more = raw.TakeSystem(reader);
            }
            else if (reader.Depth == dataDepth)
            {
                more = raw.TakeField(reader);
            }
            else
            {
                more = reader.Depth < dataDepth ? reader.Read() : Skip(reader);
            }
        }

        return raw;
    }

    /// <summary>XML has no NUL, and its reader accepts one only as a reference; a C string's terminator in a field must not cost the event.</summary>
    private static string WithoutRawNuls(string xml)
    {
        var ended = xml.AsSpan().TrimEnd('\0');
        return ended.Contains('\0') && ended.Length <= MaxCharacters ? ended.ToString().Replace("\0", "&#0;", StringComparison.Ordinal)
            : ended.Length == xml.Length ? xml
            : ended.ToString();
    }

    private bool TakeSystem(XmlReader reader)
    {
        switch (reader.LocalName)
        {
            case "Provider":
                ProviderName ??= Bounded(reader.GetAttribute("Name"));
                ProviderId ??= Guid.TryParse(reader.GetAttribute("Guid"), out var guid) ? guid : null;
                return Skip(reader);
            case "TimeCreated":
                Time ??= Bounded(reader.GetAttribute("SystemTime"));
                return Skip(reader);
            case "EventID":
                // A number pieced together from several nodes is none: no event is written like that.
                var (text, isOneText) = Content(reader);
                EventId ??= isOneText && int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
                return !reader.EOF;
            default:
                return Skip(reader);
        }
    }

    private bool TakeField(XmlReader reader)
    {
        var name = reader.LocalName == "Data" ? reader.GetAttribute("Name") : reader.LocalName;
        if (name is not ("ClientName" or "LogEventCount"))
        {
            return Skip(reader);
        }

        var (value, _) = Content(reader);
        _fields.TryAdd(name, value);
        return !reader.EOF;
    }

    /// <summary>The text of the element the reader is on, and whether it is all there is in it; leaves the reader behind the element.</summary>
    private static (string Value, bool IsOneText) Content(XmlReader reader)
    {
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return ("", false);
        }

        var depth = reader.Depth;
        var value = "";
        var nodes = 0;
        while (reader.Read() && reader.Depth > depth)
        {
            nodes++;
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace
                && value.Length < MaxValueCharacters)
            {
                value = Bounded(value + reader.Value)!;
            }
        }

        reader.Read();
        return (value, nodes == 1);
    }

    private static bool Skip(XmlReader reader)
    {
        reader.Skip();
        return !reader.EOF;
    }

    private static string? Bounded(string? value) => value is { Length: > MaxValueCharacters } ? value[..MaxValueCharacters] : value;
}
