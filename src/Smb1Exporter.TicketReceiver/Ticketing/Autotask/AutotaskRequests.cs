using System.Globalization;
using System.Text.Json.Nodes;
using Smb1Exporter.TicketReceiver.PlainText;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Autotask;

/// <summary>
/// The requests to Autotask. Pure. Searches are GET, whose next page is fetched with nothing but its address ("Advanced query features of the
/// REST API").
/// </summary>
internal static class AutotaskRequests
{
    /// <summary>The field that holds the key; at most 50 characters (entity Tickets).</summary>
    public const string KeyField = "externalID";

    /// <summary>The entity of tickets.</summary>
    public const string Tickets = "Tickets";

    /// <summary>The entity of notes.</summary>
    public const string TicketNotes = "TicketNotes";

    // The most that one page holds.
    private const int PageSize = 500;

    /// <summary>Asks for the fields of an entity.</summary>
    public static TicketRequest Fields(string entity) => TicketRequest.Get($"{entity}/entityInformation/fields");

    /// <summary>Seeks open tickets in all queues.</summary>
    public static TicketRequest Find(string key, IEnumerable<JsonNode> closedStatuses) => Query(
        Tickets,
        ["id", KeyField, "status"],
        [Filter("eq", KeyField, key), .. closedStatuses.Select(status => Filter("noteq", "status", status.DeepClone()))]);

    /// <summary>Reads one ticket.</summary>
    public static TicketRequest Read(string reference) => TicketRequest.Get($"{Tickets}/{TicketRequest.Escape(reference)}");

    /// <summary>Opens a ticket.</summary>
    /// <param name="message">What it says.</param>
    /// <param name="numberOf">What stands for each part of its route; null for a part that is not set.</param>
    /// <param name="setup">What else a ticket needs.</param>
    /// <param name="due">When it is due.</param>
    public static TicketRequest Create(TicketMessage message, Func<RouteParts, JsonNode?> numberOf, AutotaskSetup setup, DateTimeOffset due)
    {
        var ticket = new JsonObject
        {
            ["title"] = TextLimits.Line(message.Subject, setup.LongestTitle),
            ["description"] = TextLimits.Lines(message.Body, setup.LongestDescription),
            [KeyField] = message.Key,
            ["status"] = setup.NewStatus.DeepClone(),
            ["dueDateTime"] = Figures.Rfc3339(due),
        };
        foreach (var (field, part) in new[]
            {
                ("companyID", RouteParts.Company), ("queueID", RouteParts.Queue), ("priority", RouteParts.Priority), ("contactID", RouteParts.Contact),
            })
        {
            // A field that is null is an error to Autotask.
            if (numberOf(part) is { } number)
            {
                ticket[field] = number;
            }
        }

        return TicketRequest.Post(Tickets, ticket);
    }

    /// <summary>Reads notes.</summary>
    public static TicketRequest Notes(string reference) => TicketRequest.Get($"{Tickets}/{TicketRequest.Escape(reference)}/Notes");

    /// <summary>Adds a note.</summary>
    public static TicketRequest AddNote(string reference, TicketMessage message, AutotaskSetup setup) => TicketRequest.Post(
        $"{Tickets}/{TicketRequest.Escape(reference)}/Notes",
        new JsonObject
        {
            ["title"] = TextLimits.Line(message.Subject, setup.LongestNoteTitle),
            ["description"] = message.MarkedWithin(setup.LongestNote),
            ["noteType"] = setup.NoteType.DeepClone(),
            ["publish"] = setup.NotePublish.DeepClone(),
        });

    /// <summary>Fetches a further page.</summary>
    public static TicketRequest Next(string pathAndQuery) => TicketRequest.Get(pathAndQuery);

    /// <summary>Seeks a company by its name or number.</summary>
    public static TicketRequest Company(string value) => Query(
        "Companies", ["id", "companyName", "isActive"], [NumberOf(value) is { } id ? Filter("eq", "id", id) : Filter("eq", "companyName", value)]);

    /// <summary>Seeks a company's contact by its mail address or number.</summary>
    public static TicketRequest Contact(string value, long company) => Query(
        "Contacts",
        ["id", "emailAddress", "companyID", "isActive"],
        [Filter("eq", "companyID", company), NumberOf(value) is { } id ? Filter("eq", "id", id) : Filter("eq", "emailAddress", value)]);

    /// <summary>A setting that is a number; null when it is a name.</summary>
    public static long? NumberOf(string value) => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TicketRequest Query(string entity, IEnumerable<string> fields, IEnumerable<JsonObject> filters)
    {
        var search = new JsonObject
        {
            ["MaxRecords"] = PageSize,
            ["IncludeFields"] = new JsonArray([.. fields.Select(field => (JsonNode)field)]),
            ["filter"] = new JsonArray([.. filters]),
        };
        return TicketRequest.Get(TicketRequest.Query($"{entity}/query", ("search", search.ToJsonString())));
    }

    private static JsonObject Filter(string op, string field, JsonNode value) => new() { ["op"] = op, ["field"] = field, ["value"] = value };
}
