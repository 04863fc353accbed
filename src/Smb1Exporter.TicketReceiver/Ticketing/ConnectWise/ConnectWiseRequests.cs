using System.Globalization;
using System.Text.Json.Nodes;
using Smb1Exporter.TicketReceiver.PlainText;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.ConnectWise;

/// <summary>The requests to ConnectWise PSA. Pure.</summary>
internal static class ConnectWiseRequests
{
    /// <summary>The field that holds the key; at most 100 characters (OpenAPI of ConnectWise PSA, Ticket).</summary>
    public const string KeyField = "externalXRef";

    /// <summary>The most that one page holds (Developer Guide, Pagination).</summary>
    public const int PageSize = 1000;

    /// <summary>The longest summary, in characters (OpenAPI of ConnectWise PSA, Ticket).</summary>
    private const int LongestSummary = 100;

    /// <summary>The longest text that is sent, in characters. The vendor documents no limit; a longer one helps no technician.</summary>
    private const int LongestText = 32_000;

    private const string Tickets = "service/tickets";

    /// <summary>Seeks open tickets on all boards, the oldest first.</summary>
    public static TicketRequest Find(string key, int page) => Page(
        Tickets, page, "id asc", ("conditions", $"{KeyField}={Quote(key)} and closedFlag=false"));

    /// <summary>Reads one ticket.</summary>
    public static TicketRequest Read(string reference) => TicketRequest.Get($"{Tickets}/{TicketRequest.Escape(reference)}");

    /// <summary>Opens a ticket.</summary>
    /// <param name="message">What it says.</param>
    /// <param name="numberOf">What stands for each part of its route; null for a part that is not set.</param>
    public static TicketRequest Create(TicketMessage message, Func<RouteParts, JsonNode?> numberOf)
    {
        var ticket = new JsonObject
        {
            ["summary"] = TextLimits.Line(message.Subject, LongestSummary),
            ["initialDescription"] = TextLimits.Lines(message.Body, LongestText),
            [KeyField] = message.Key,
        };
        foreach (var (field, part) in new[]
            {
                ("company", RouteParts.Company), ("board", RouteParts.Board), ("priority", RouteParts.Priority), ("contact", RouteParts.Contact),
            })
        {
            if (numberOf(part) is { } number)
            {
                ticket[field] = new JsonObject { ["id"] = number };
            }
        }

        return TicketRequest.Post(Tickets, ticket);
    }

    /// <summary>Reads notes, the newest first.</summary>
    public static TicketRequest Notes(string reference, int page) => Page($"{Tickets}/{TicketRequest.Escape(reference)}/notes", page, "id desc");

    /// <summary>Adds a note.</summary>
    public static TicketRequest AddNote(string reference, TicketMessage message, ConnectWiseNotes visibility) => TicketRequest.Post(
        $"{Tickets}/{TicketRequest.Escape(reference)}/notes",
        new JsonObject
        {
            ["text"] = message.MarkedWithin(LongestText),
            ["internalAnalysisFlag"] = visibility == ConnectWiseNotes.Internal,
            ["detailDescriptionFlag"] = visibility == ConnectWiseNotes.Discussion,
            ["resolutionFlag"] = false,
        });

    /// <summary>Seeks a company by its identifier, name or number.</summary>
    public static TicketRequest Company(string value) => Page(
        "company/companies", 1, "id asc", ("conditions", $"deletedFlag=false and (identifier={Quote(value)} or {NameOrNumber(value)})"));

    /// <summary>Seeks a service board by its name or number.</summary>
    public static TicketRequest Board(string value) => Page("service/boards", 1, "id asc", ("conditions", NameOrNumber(value)));

    /// <summary>Seeks a priority by its name or number.</summary>
    public static TicketRequest Priority(string value) => Page("service/priorities", 1, "id asc", ("conditions", NameOrNumber(value)));

    /// <summary>Seeks a company's contact by its number or mail address.</summary>
    public static TicketRequest Contact(string value, long company)
    {
        var ofCompany = $"inactiveFlag=false and company/id={company.ToString(CultureInfo.InvariantCulture)}";
        return IsNumber(value)
            ? Page("company/contacts", 1, "id asc", ("conditions", $"{ofCompany} and id={value}"))
            : Page("company/contacts", 1, "id asc", ("conditions", ofCompany), ("childConditions", $"communicationItems/value={Quote(value)}"));
    }

    private static TicketRequest Page(string path, int page, string orderBy, params (string Name, string Value)[] parameters) => TicketRequest.Get(
        TicketRequest.Query(
            path,
            [
                .. parameters,
                ("orderBy", orderBy),
                ("pageSize", PageSize.ToString(CultureInfo.InvariantCulture)),
                ("page", page.ToString(CultureInfo.InvariantCulture)),
            ]));

    private static string NameOrNumber(string value) => IsNumber(value) ? $"name={Quote(value)} or id={value}" : $"name={Quote(value)}";

    private static bool IsNumber(string value) => value.Length is > 0 and < 10 && value.All(char.IsAsciiDigit);

    // Strings stand in quotes, "*" is a wildcard and "[" is written "[[]" (Developer Guide, Conditions and Escaping Characters). How a quote
    // or a backslash is written within one is not documented; a wildcard finds it too, and what is found is compared by the caller.
    private static string Quote(string text) =>
        $"\"{text.Replace("[", "[[]", StringComparison.Ordinal).Replace('"', '*').Replace('\\', '*')}\"";
}
