using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.RequestTracker;

/// <summary>Whether a ticket carries a key.</summary>
internal enum KeyState
{
    /// <summary>It does.</summary>
    Carried,

    /// <summary>It has the field, with another value or none.</summary>
    NotCarried,

    /// <summary>It does not show the field: that does not apply to its queue, or may not be seen.</summary>
    NotShown,
}

/// <summary>Reads what REST2 answers. Numbers come as numbers or as texts, lists without entries also as an empty text. Pure.</summary>
internal static class RequestTrackerAnswers
{
    /// <summary>A text or a number as a text; null when there is none.</summary>
    public static string? Text(JsonElement answer, string name) => answer.Member(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    /// <summary>The entries of a list; none when there is no list.</summary>
    public static IEnumerable<JsonElement> List(JsonElement answer, string name) => answer.List(name) ?? [];

    /// <summary>Whether an object says that the account may do something to it.</summary>
    /// <param name="answer">The object.</param>
    /// <param name="what">"create", "comment", …</param>
    public static bool Allows(JsonElement answer, string what) => List(answer, "_hyperlinks").Any(link => Text(link, "ref") == what);

    public static KeyState StateOf(JsonElement ticket, string keyField, string key)
    {
        var fields = List(ticket, "CustomFields").Where(field => Text(field, "name") == keyField).ToList();
        return fields switch
        {
            [] => KeyState.NotShown,
            _ when fields.Exists(field => List(field, "values").Any(value => value.ValueEquals(key))) => KeyState.Carried,
            _ => KeyState.NotCarried,
        };
    }
}
