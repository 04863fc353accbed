using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Smb1Exporter.TicketReceiver.PlainText;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.HaloPsa;

/// <summary>Composes the requests to Halo. Pure. Names and parameters are those of Halo's API reference (halopsa.com/apidoc, /api/swagger of an instance).</summary>
internal sealed class HaloRequests(HaloPsaOptions options)
{
    /// <summary>The largest page that Halo gives (API reference, page_size).</summary>
    public const int PageSize = 100;

    /// <summary>How many of a ticket's actions are looked at for a note; the note sought is among the newest.</summary>
    public const int ListedActions = 100;

    // Halo documents no limit for the summary; its database column is as wide as this in instances seen.
    private const int LongestSummary = 255;

    // Halo documents no limit for texts. This keeps a page of 100 notes within what is read of an answer.
    private const int LongestText = 30_000;

    /// <summary>The form of a request for a token, without the secret.</summary>
    public IReadOnlyDictionary<string, string> TokenForm => new Dictionary<string, string>
    {
        ["client_id"] = options.ClientId!,
        ["scope"] = options.Scope,
    };

    /// <summary>Where tokens are given.</summary>
    public string TokenPath => options.Tenant is null ? "auth/token" : TicketRequest.Query("auth/token", ("tenant", options.Tenant));

    /// <summary>The open tickets that a search for the key shows, oldest first. The search is fuzzy and covers custom fields that are set searchable.</summary>
    /// <param name="key">The key.</param>
    /// <param name="keyFieldId">The number of the field, so that its value is in the answer.</param>
    /// <param name="page">From 1.</param>
    public static TicketRequest Search(string key, string keyFieldId, int page) => TicketRequest.Get(TicketRequest.Query(
        "api/tickets",
        ("search", key),
        ("open_only", "true"),
        ("include_custom_fields", keyFieldId),
        ("order", "id"),
        ("orderdesc", "false"),
        ("pageinate", "true"),
        ("page_size", Text(PageSize)),
        ("page_no", Text(page))));

    /// <summary>The newest tickets with the value of one field.</summary>
    public static TicketRequest Newest(string keyFieldId) => TicketRequest.Get(TicketRequest.Query(
        "api/tickets",
        ("include_custom_fields", keyFieldId),
        ("order", "id"),
        ("orderdesc", "true"),
        ("pageinate", "true"),
        ("page_size", Text(PageSize)),
        ("page_no", "1")));

    /// <summary>One ticket with its fields.</summary>
    public static TicketRequest Read(string reference) =>
        TicketRequest.Get(TicketRequest.Query($"api/tickets/{TicketRequest.Escape(reference)}", ("includedetails", "true")));

    /// <summary>A new ticket. Halo takes a list of them.</summary>
    public TicketRequest Create(TicketMessage message, HaloRoute route)
    {
        var ticket = new JsonObject
        {
            ["summary"] = TextLimits.Line(message.Subject, LongestSummary),
            ["details_html"] = Html(TextLimits.Lines(message.Body, LongestText)),
            ["tickettype_id"] = route.TicketType.DeepClone(),
            ["client_id"] = route.Client.DeepClone(),
            ["customfields"] = new JsonArray(new JsonObject { ["name"] = options.KeyField, ["value"] = message.Key }),
        };
        Add("team_id", route.Team);
        Add("priority_id", route.Priority);
        Add("user_id", route.User);
        return TicketRequest.Post("api/tickets", new JsonArray(ticket));

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                ticket[name] = value.DeepClone();
            }
        }
    }

    /// <summary>The newest actions of a ticket; of long texts only the beginning may be there.</summary>
    public static TicketRequest Actions(string reference) => TicketRequest.Get(TicketRequest.Query(
        "api/actions", ("ticket_id", reference), ("excludesys", "true"), ("count", Text(ListedActions))));

    /// <summary>One action with its whole text.</summary>
    public static TicketRequest ReadAction(string reference, string action) => TicketRequest.Get(TicketRequest.Query(
        $"api/actions/{TicketRequest.Escape(action)}", ("ticket_id", reference), ("includedetails", "true")));

    /// <summary>A new action that is a note.</summary>
    public TicketRequest AddNote(string reference, TicketMessage message)
    {
        var room = LongestText - message.Mark.Length - 2;
        var text = (message with { Body = TextLimits.Lines(message.Body, room) }).MarkedBody;
        return TicketRequest.Post("api/actions", new JsonArray(new JsonObject
        {
            ["ticket_id"] = HaloRoute.IsNumber(reference, out var number) ? number : reference,
            ["outcome"] = options.NoteOutcome,
            ["note_html"] = Html(text),
            ["hiddenfromuser"] = !options.NotesVisible,
            ["sendemail"] = false,
        }));
    }

    /// <summary>A list that is not long.</summary>
    /// <param name="resource">tickettype, team, priority or status.</param>
    public static TicketRequest All(string resource) => TicketRequest.Get($"api/{resource}");

    /// <summary>The fields that an administrator added to tickets.</summary>
    public static TicketRequest Fields() => TicketRequest.Get(TicketRequest.Query("api/fieldinfo", ("typeid", "1")));

    /// <summary>Clients or users whose name or address is like a text.</summary>
    public static TicketRequest Like(string resource, string name, int page, params (string Name, string Value)[] more) => TicketRequest.Get(TicketRequest.Query(
        $"api/{resource}",
        [("search", name), .. more, ("pageinate", "true"), ("page_size", Text(PageSize)), ("page_no", Text(page))]));

    /// <summary>A client or user by its number.</summary>
    public static TicketRequest One(string resource, long number) => TicketRequest.Get($"api/{resource}/{Text(number)}");

    // Halo shows texts as HTML. Encoded, no name can be markup.
    private static string Html(string text) => string.Join("<br>", text.Split('\n').Select(WebUtility.HtmlEncode));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
