using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>A ticket of the fake.</summary>
internal sealed class HaloTicket
{
    public required long Id { get; init; }

    public required string Summary { get; init; }

    public required string DetailsHtml { get; init; }

    public required long Client { get; init; }

    public required long Type { get; set; }

    public long? Team { get; init; }

    public long? Priority { get; init; }

    public long? User { get; init; }

    public long Status { get; set; } = 1;

    public string? Key { get; init; }

    public List<HaloAction> Actions { get; } = [];
}

/// <summary>An action of the fake.</summary>
internal sealed record HaloAction(long Id, string Outcome, string NoteHtml, bool Hidden, bool IsSystem);

/// <summary>
/// Halo's API as its reference says: lists of saved objects, a fuzzy search, custom fields in lists only when asked for, unknown parameters
/// and fields ignored, texts of actions cut in lists.
/// </summary>
internal sealed partial class FakeHaloPsa : FakeServer
{
    public const string ClientId = "0c7a4f9e-app";
    public const string ClientSecret = "halo-secret-5f2c9";
    public const string Tenant = "contosomsp";
    private const int LongestSummary = 255;
    private const int ListedNote = 120;
    private const long KeyFieldId = 171;
    private readonly Lock _lock = new();
    private readonly List<string> _tokens = [];
    private readonly HashSet<string> _valid = [];
    private readonly List<HaloTicket> _tickets = [];
    private long _lastId = 1000;

    public Dictionary<long, string> Clients { get; } = new() { [12] = "Contoso Ltd", [13] = "Contoso Ltd (old)", [20] = "Alerts" };

    public Dictionary<long, string> Types { get; } = new() { [1] = "Incident", [21] = "Alert" };

    public Dictionary<long, string> Teams { get; } = new() { [5] = "1st Line", [6] = "Servers" };

    /// <summary>By number and SLA: the same priority is listed once per SLA.</summary>
    public List<(long Id, string Name)> Priorities { get; } = [(3, "Medium"), (3, "Medium"), (4, "Low")];

    public List<(long Id, string Name, string Email, long Client)> Users { get; } = [(90, "General User", "alerts@msp.example", 20), (91, "General User", "it@contoso.example", 12)];

    public HashSet<long> Statuses { get; } = [1, 2, 9];

    public bool HasKeyField { get; set; } = true;

    public bool KeyFieldIsSearchable { get; set; } = true;

    /// <summary>Whether one word of a search is enough to show a ticket; otherwise the whole text must be in it.</summary>
    public bool AnyWordIsEnough { get; set; } = true;

    /// <summary>Whether the parameter search is ignored, as parameters are that Halo does not know.</summary>
    public bool IgnoresSearch { get; set; }

    public bool LosesKeys { get; set; }

    public string Secret { get; set; } = ClientSecret;

    /// <summary>All that were given.</summary>
    public IReadOnlyList<string> Tokens
    {
        get
        {
            lock (_lock)
            {
                return [.. _tokens];
            }
        }
    }

    public IReadOnlyList<HaloTicket> Tickets
    {
        get
        {
            lock (_lock)
            {
                return [.. _tickets];
            }
        }
    }

    /// <summary>All tokens given so far end.</summary>
    public void Revoke()
    {
        lock (_lock)
        {
            _valid.Clear();
        }
    }

    public void Change(string id, Action<HaloTicket> change)
    {
        lock (_lock)
        {
            change(_tickets.Single(ticket => Text(ticket.Id) == id));
        }
    }

    public void Delete(string id)
    {
        lock (_lock)
        {
            _tickets.RemoveAll(ticket => Text(ticket.Id) == id);
        }
    }

    public void Add(string summary, string? key = null)
    {
        lock (_lock)
        {
            _tickets.Add(new HaloTicket { Id = ++_lastId, Summary = summary, DetailsHtml = summary, Client = 12, Type = 1, Key = key });
        }
    }

    /// <summary>An HTML text as a browser shows it.</summary>
    public static string Rendered(string html) => WebUtility.HtmlDecode(Tag().Replace(Break().Replace(html.Replace('\n', ' '), "\n"), ""));

    protected override void Map(WebApplication app)
    {
        app.MapPost("/auth/token", TokenAsync);
        Get(app, "/api/tickets", ListTickets);
        Get(app, "/api/tickets/{id}", context => Find(Route(context, "id")) is { } ticket
            ? Json(Shown(ticket, withDetails: context.Request.Query["includedetails"] == "true", withFields: true))
            : Missing());
        Post(app, "/api/tickets", CreateTicket);
        Get(app, "/api/actions", ListActions);
        Get(app, "/api/actions/{id}", ReadAction);
        Post(app, "/api/actions", CreateAction);
        Get(app, "/api/tickettype", _ => Json(Named(Types)));
        Get(app, "/api/team", _ => Json(Named(Teams)));
        Get(app, "/api/status", _ => Json(new JsonArray([.. Statuses.Select(id => new JsonObject { ["id"] = id, ["name"] = $"Status {id}" })])));
        Get(app, "/api/priority", _ => Json(new JsonArray([.. Priorities.Select((priority, index) =>
            new JsonObject { ["id"] = Guid.NewGuid().ToString(), ["slaid"] = index, ["priorityid"] = priority.Id, ["name"] = priority.Name })])));
        Get(app, "/api/fieldinfo", context => Json(new JsonArray(HasKeyField && context.Request.Query["typeid"] == "1"
            ? [new JsonObject { ["id"] = 170, ["name"] = "CFother" }, new JsonObject { ["id"] = KeyFieldId, ["name"] = "CFsmb1key" }]
            : [])));
        Get(app, "/api/client", context => Page(context, "clients", Clients
            .Where(client => Like(client.Value, context))
            .Select(client => new JsonObject { ["id"] = client.Key, ["name"] = client.Value })));
        Get(app, "/api/client/{id}", context => Clients.TryGetValue(Number(context), out var name)
            ? Json(new JsonObject { ["id"] = Number(context), ["name"] = name })
            : Missing());
        Get(app, "/api/users", context => Page(context, "users", Users
            .Where(user => (Like(user.Name, context) || Like(user.Email, context)) && (context.Request.Query["client_id"] is not [{ } client] || client == Text(user.Client)))
            .Select(Shown)));
        Get(app, "/api/users/{id}", context => Users.Where(user => user.Id == Number(context)).Select(user => Json(Shown(user))).FirstOrDefault() ?? Missing());
    }

    private async Task TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        if (form["grant_type"] != "client_credentials" || form["client_id"] != ClientId || form["client_secret"] != Secret
            || form["scope"] != "all" || context.Request.Query["tenant"] != Tenant)
        {
            await Json(new JsonObject { ["error"] = "invalid_client", ["error_description"] = $"bad secret {form["client_secret"]}" }, 400).ExecuteAsync(context);
            return;
        }

        var token = $"token-{Guid.NewGuid():N}";
        lock (_lock)
        {
            _tokens.Add(token);
            _valid.Add(token);
        }

        await Json(new JsonObject { ["access_token"] = token, ["token_type"] = "Bearer", ["expires_in"] = 3600 }).ExecuteAsync(context);
    }

    private IResult ListTickets(HttpContext context)
    {
        var query = context.Request.Query;
        var tickets = _tickets.Where(ticket =>
            (query["open_only"] != "true" || ticket.Status != 9)
            && (IgnoresSearch || string.IsNullOrEmpty(query["search"]) || Shows(ticket, query["search"]!)));
        tickets = query["orderdesc"] == "true" ? tickets.OrderByDescending(ticket => ticket.Id) : tickets.OrderBy(ticket => ticket.Id);
        var withFields = query["include_custom_fields"] == Text(KeyFieldId);
        return Page(context, "tickets", tickets.Select(ticket => Shown(ticket, withDetails: false, withFields)));
    }

    private bool Shows(HaloTicket ticket, string search)
    {
        var text = $"{ticket.Summary} {ticket.DetailsHtml} {(KeyFieldIsSearchable ? ticket.Key : "")}";
        string[] words = AnyWordIsEnough ? search.Split(['-', ' '], StringSplitOptions.RemoveEmptyEntries) : [search];
        return words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    private IResult CreateTicket(JsonArray tickets)
    {
        var ticket = tickets[0]!.AsObject();
        var summary = (string?)ticket["summary"];
        if (string.IsNullOrEmpty(summary) || summary.Length > LongestSummary)
        {
            return Wrong("summary");
        }

        if ((long?)ticket["client_id"] is not { } client || !Clients.ContainsKey(client))
        {
            return Wrong("client_id");
        }

        if ((long?)ticket["tickettype_id"] is not { } type || !Types.ContainsKey(type))
        {
            return Wrong("tickettype_id");
        }

        var key = ticket["customfields"]?.AsArray().Where(field => HasKeyField && (string?)field!["name"] == "CFsmb1key").Select(field => (string?)field!["value"]).FirstOrDefault();
        var added = new HaloTicket
        {
            Id = ++_lastId,
            Summary = summary,
            DetailsHtml = (string?)ticket["details_html"] ?? "",
            Client = client,
            Type = type,
            Team = (long?)ticket["team_id"],
            Priority = (long?)ticket["priority_id"],
            User = (long?)ticket["user_id"],
            Key = LosesKeys ? null : key,
        };
        added.Actions.Add(new HaloAction(1, "Ticket Logged", "logged", false, true));
        _tickets.Add(added);
        var answer = Shown(added, withDetails: true, withFields: true);
        if (LosesKeys)
        {
            answer["customfields"] = new JsonArray(new JsonObject { ["id"] = KeyFieldId, ["name"] = "CFsmb1key", ["value"] = key });
        }

        return Json(answer, StatusCodes.Status201Created);
    }

    private IResult ListActions(HttpContext context)
    {
        if (Find(context.Request.Query["ticket_id"]) is not { } ticket)
        {
            return Missing();
        }

        var count = int.Parse(context.Request.Query["count"].FirstOrDefault() ?? "10", CultureInfo.InvariantCulture);
        List<HaloAction> actions =
        [
            .. ticket.Actions.Where(action => !action.IsSystem || context.Request.Query["excludesys"] != "true").OrderByDescending(action => action.Id).Take(count),
        ];
        return Json(new JsonObject
        {
            ["record_count"] = actions.Count,
            ["actions"] = new JsonArray([.. actions.Select(action => Shown(ticket, action, Cut(Rendered(action.NoteHtml))))]),
        });
    }

    private IResult ReadAction(HttpContext context) =>
        Find(context.Request.Query["ticket_id"]) is { } ticket && ticket.Actions.Find(action => action.Id == Number(context)) is { } action
            ? Json(Shown(ticket, action, Rendered(action.NoteHtml)))
            : Missing();

    private IResult CreateAction(JsonArray actions)
    {
        var action = actions[0]!.AsObject();
        if (Find(Text((long?)action["ticket_id"] ?? 0)) is not { } ticket)
        {
            return Missing();
        }

        if (string.IsNullOrEmpty((string?)action["outcome"]))
        {
            return Wrong("outcome");
        }

        var added = new HaloAction(ticket.Actions.Count + 1, (string)action["outcome"]!, (string?)action["note_html"] ?? "", (bool?)action["hiddenfromuser"] ?? false, false);
        ticket.Actions.Add(added);
        return Json(new JsonArray(Shown(ticket, added, "")), StatusCodes.Status201Created);
    }

    private HaloTicket? Find(string? id) => _tickets.Find(ticket => Text(ticket.Id) == id);

    private void Get(WebApplication app, string pattern, Func<HttpContext, IResult> answer) =>
        app.MapGet(pattern, (HttpContext context) => Guarded(context, () => answer(context)));

    private void Post(WebApplication app, string pattern, Func<JsonArray, IResult> answer) => app.MapPost(pattern, async (HttpContext context) =>
    {
        var body = await JsonNode.ParseAsync(context.Request.Body);
        return Guarded(context, () => body is JsonArray { Count: 1 } list ? answer(list) : Wrong("a list is expected"));
    });

    private IResult Guarded(HttpContext context, Func<IResult> answer)
    {
        lock (_lock)
        {
            return context.Request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.Ordinal) && _valid.Contains(header["Bearer ".Length..])
                ? answer()
                : Results.StatusCode(StatusCodes.Status401Unauthorized);
        }
    }

    private static IResult Page(HttpContext context, string name, IEnumerable<JsonObject> items)
    {
        const int LargestPage = 100;
        var query = context.Request.Query;
        List<JsonObject> all = [.. items];
        var size = query["pageinate"] == "true" ? Math.Min(LargestPage, int.Parse(query["page_size"]!, CultureInfo.InvariantCulture)) : 50;
        var page = query["pageinate"] == "true" ? int.Parse(query["page_no"]!, CultureInfo.InvariantCulture) : 1;
        return Json(new JsonObject
        {
            ["page_no"] = page,
            ["record_count"] = all.Count,
            [name] = new JsonArray([.. all.Skip((page - 1) * size).Take(size)]),
        });
    }

    private static JsonObject Shown(HaloTicket ticket, bool withDetails, bool withFields)
    {
        var shown = new JsonObject
        {
            ["id"] = ticket.Id,
            ["summary"] = ticket.Summary,
            ["status_id"] = ticket.Status,
            ["client_id"] = ticket.Client,
        };
        if (withDetails)
        {
            shown["details"] = Rendered(ticket.DetailsHtml);
            shown["details_html"] = ticket.DetailsHtml;
        }

        if (withFields)
        {
            shown["customfields"] = new JsonArray(new JsonObject { ["id"] = KeyFieldId, ["name"] = "CFsmb1Key", ["value"] = ticket.Key });
        }

        return shown;
    }

    private static JsonObject Shown(HaloTicket ticket, HaloAction action, string note) => new()
    {
        ["id"] = action.Id,
        ["ticket_id"] = ticket.Id,
        ["outcome"] = action.Outcome,
        ["note"] = note,
        ["hiddenfromuser"] = action.Hidden,
    };

    private static JsonObject Shown((long Id, string Name, string Email, long Client) user) =>
        new() { ["id"] = user.Id, ["name"] = user.Name, ["emailaddress"] = user.Email, ["client_id"] = user.Client };

    private static JsonArray Named(Dictionary<long, string> items) => new([.. items.Select(item => new JsonObject { ["id"] = item.Key, ["name"] = item.Value })]);

    private static bool Like(string text, HttpContext context) => text.Contains(context.Request.Query["search"].FirstOrDefault() ?? "", StringComparison.OrdinalIgnoreCase);

    private static string Cut(string text) => text.Length <= ListedNote ? text : text[..ListedNote];

    private static string? Route(HttpContext context, string name) => (string?)context.Request.RouteValues[name];

    private static long Number(HttpContext context) => long.Parse(Route(context, "id")!, CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static IResult Json(JsonNode body, int status = 200) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);

    private static IResult Wrong(string what) => Json(new JsonObject { ["ClassName"] = "System.Exception", ["Message"] = $"Invalid: {what}" }, 400);

    private static IResult Missing() => Json(new JsonObject { ["ClassName"] = "System.Exception", ["Message"] = "Not found" }, 404);

    [GeneratedRegex("<br */?>")]
    private static partial Regex Break();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
