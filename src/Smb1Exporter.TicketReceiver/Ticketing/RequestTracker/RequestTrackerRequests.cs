using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Smb1Exporter.TicketReceiver.PlainText;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.RequestTracker;

/// <summary>
/// Composes the requests to Request Tracker's REST2 (documentation of RT::REST2, RT 5.0). Pure.
/// </summary>
/// <param name="keyField">The name of the custom field that holds the key.</param>
internal sealed class RequestTrackerRequests(string keyField)
{
    /// <summary>The largest page that REST2 gives.</summary>
    public const int LargestPage = 100;

    // The columns Tickets.Subject and Attachments.Subject; what does not fit is dropped without a word. Request Tracker counts bytes of UTF-8.
    private const int LongestSubject = 200;
    private const int LongestNoteSubject = 255;

    private const string Api = "REST/2.0";

    /// <summary>Asks which version of Request Tracker answers; every account may.</summary>
    public static TicketRequest Version() => TicketRequest.Get($"{Api}/rt");

    /// <summary>Asks for a queue, with the custom fields that its tickets have.</summary>
    /// <param name="queue">Its name or number.</param>
    public static TicketRequest Queue(string queue) => TicketRequest.Get($"{Api}/queue/{TicketRequest.Escape(queue)}");

    /// <summary>Asks for a user.</summary>
    public static TicketRequest User(string name) => TicketRequest.Get($"{Api}/user/{TicketRequest.Escape(name)}");

    /// <summary>Asks for a ticket. For one that was merged into another, Request Tracker answers with the other.</summary>
    public static TicketRequest Ticket(string reference) => TicketRequest.Get(PathOf(reference));

    /// <summary>Asks for one of the tickets in a queue that this account opened, with what it may do to it.</summary>
    public static TicketRequest OwnTicket(string queue) => TicketRequest.Get(TicketRequest.Query(
        $"{Api}/tickets",
        ("query", $"Creator = '__CurrentUser__' AND Queue = {Quote(queue)}"),
        ("fields", "_hyperlinks"),
        ("orderby", "id"),
        ("order", "DESC"),
        ("per_page", "1")));

    /// <summary>Asks for all custom fields of tickets with the key field's name, in any case of letters.</summary>
    public TicketRequest Fields()
    {
        var conditions = new JsonArray(
            new JsonObject { ["field"] = "Name", ["value"] = keyField },
            new JsonObject { ["field"] = "LookupType", ["value"] = "RT::Queue-RT::Ticket" });
        return TicketRequest.Get(TicketRequest.Query($"{Api}/customfields", ("query", conditions.ToJsonString()), ("fields", "Type,MaxValues")));
    }

    /// <summary>Seeks the open tickets with a key in all queues, oldest first. "__Active__" are the statuses in which work is left.</summary>
    public TicketRequest SearchOpen(string key) => Search($"{KeyIs(key)} AND Status = '__Active__'");

    /// <summary>Seeks one ticket with a key.</summary>
    public TicketRequest Search(string key, string reference) => Search($"id = {Quote(reference)} AND {KeyIs(key)}");

    public TicketRequest Create(TicketMessage message)
    {
        var ticket = new JsonObject
        {
            ["Queue"] = message.Route.Queue,
            ["Subject"] = Subject(message.Subject, LongestSubject),
            ["Content"] = message.Body,
            ["ContentType"] = "text/plain",
            ["CustomFields"] = new JsonObject { [keyField] = message.Key },
        };
        if (message.Route.Priority is { } priority)
        {
            ticket["Priority"] = priority;
        }

        if (message.Route.Contact is { } contact)
        {
            ticket["Requestor"] = contact;
        }

        return TicketRequest.Post($"{Api}/ticket", ticket);
    }

    /// <summary>Asks for the subjects of a ticket's text and notes, newest first. A page after the last one is empty.</summary>
    /// <param name="reference">The ticket.</param>
    /// <param name="page">Counted from 1.</param>
    public static TicketRequest NoteSubjects(string reference, int page) => TicketRequest.Get(TicketRequest.Query(
        $"{PathOf(reference)}/attachments",
        ("fields", "Subject"),
        ("orderby", "id"),
        ("order", "DESC"),
        ("per_page", LargestPage.ToString(CultureInfo.InvariantCulture)),
        ("page", page.ToString(CultureInfo.InvariantCulture))));

    /// <summary>Adds a comment, which leaves a status as it is and reaches no requestor. Its subject ends in the mark.</summary>
    public static TicketRequest Comment(string reference, TicketMessage message) => TicketRequest.Post($"{PathOf(reference)}/comment", new JsonObject
    {
        ["Subject"] = $"{Subject(message.Subject, LongestNoteSubject - 1 - message.Mark.Length)} {message.Mark}",
        ["Content"] = message.Body,
        ["ContentType"] = "text/plain",
    });

    private static TicketRequest Search(string query) => TicketRequest.Get(TicketRequest.Query(
        $"{Api}/tickets", ("query", query), ("fields", "CustomFields"), ("orderby", "id"), ("order", "ASC")));

    private string KeyIs(string key) => $"{Quote($"CF.{{{keyField}}}")} = {Quote(key)}";

    private static string PathOf(string reference) => $"{Api}/ticket/{TicketRequest.Escape(reference)}";

    /// <summary>A text as a value of TicketSQL, in which a backslash takes the meaning of the next character.</summary>
    private static string Quote(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string Subject(string text, int longest)
    {
        var subject = text;
        for (var length = longest; Encoding.UTF8.GetByteCount(subject) > longest; length--)
        {
            subject = TextLimits.Line(text, length);
        }

        return subject;
    }
}
