using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>ConnectWise PSA as its OpenAPI and Developer Guide tell it.</summary>
internal sealed class FakeConnectWise : FakeServer
{
    public const string Company = "msp";
    public const string PublicKey = "pubKEY";
    public const string PrivateKey = "pr1vate-KEY+/=";
    public const string ClientId = "0f9a3c52-1111-2222-3333-444455556666";

    private const string Root = "/v4_6_release/apis/3.0";
    private const int DefaultPageSize = 25;
    private const int LargestPageSize = 1000;
    private readonly Lock _lock = new();
    private int _lastId = 100;

    /// <summary>What stands in the header Authorization.</summary>
    public static string Credentials => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Company}+{PublicKey}:{PrivateKey}"));

    /// <summary>The tickets, oldest first; "notes" is no member of the real thing.</summary>
    public List<JsonObject> Tickets { get; } = [];

    public List<JsonObject> Companies { get; } = [];

    public List<JsonObject> Boards { get; } = [];

    public List<JsonObject> Priorities { get; } = [];

    public List<JsonObject> Contacts { get; } = [];

    /// <summary>Whether the API member may sign in.</summary>
    public bool IsKeyValid { get; set; } = true;

    /// <summary>Whether a workflow rule empties externalXRef after a ticket was opened; the answer still shows it.</summary>
    public bool LosesKeys { get; set; }

    /// <summary>Whether conditions are taken and not honoured.</summary>
    public bool IgnoresConditions { get; set; }

    /// <summary>Does something to the records while no request is answered.</summary>
    public T Locked<T>(Func<T> action)
    {
        lock (_lock)
        {
            return action();
        }
    }

    /// <summary>A number that no record has.</summary>
    public int NewId() => Interlocked.Increment(ref _lastId);

    public JsonObject AddCompany(string identifier, string name)
    {
        var company = new JsonObject { ["id"] = NewId(), ["identifier"] = identifier, ["name"] = name, ["deletedFlag"] = false };
        Companies.Add(company);
        return company;
    }

    public JsonObject AddBoard(string name)
    {
        var board = new JsonObject { ["id"] = NewId(), ["name"] = name, ["inactiveFlag"] = false, ["projectFlag"] = false };
        Boards.Add(board);
        return board;
    }

    public JsonObject AddPriority(string name)
    {
        var priority = new JsonObject { ["id"] = NewId(), ["name"] = name };
        Priorities.Add(priority);
        return priority;
    }

    public JsonObject AddContact(JsonObject company, string mail)
    {
        var contact = new JsonObject
        {
            ["id"] = NewId(),
            ["company"] = new JsonObject { ["id"] = (int)company["id"]! },
            ["inactiveFlag"] = false,
            ["communicationItems"] = new JsonArray(new JsonObject { ["value"] = mail, ["communicationType"] = "Email" }),
        };
        Contacts.Add(contact);
        return contact;
    }

    /// <summary>Opens a ticket past the API.</summary>
    public JsonObject AddTicket(JsonObject company, JsonObject board, string summary, string? key)
    {
        var ticket = new JsonObject
        {
            ["id"] = NewId(),
            ["summary"] = summary,
            ["company"] = Reference(company),
            ["board"] = Reference(board),
            ["externalXRef"] = key,
            ["closedFlag"] = false,
            ["mergedParentTicket"] = null,
            ["notes"] = new JsonArray(),
        };
        Tickets.Add(ticket);
        return ticket;
    }

    /// <summary>Adds a note past the API.</summary>
    public void AddNote(JsonObject ticket, string text, bool isInternal) => ((JsonArray)ticket["notes"]!).Add(
        new JsonObject { ["id"] = NewId(), ["text"] = text, ["internalAnalysisFlag"] = isInternal, ["detailDescriptionFlag"] = !isInternal });

    protected override void Map(WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            if (!IsKeyValid || context.Request.Headers.Authorization != $"Basic {Credentials}" || context.Request.Headers["clientId"] != ClientId)
            {
                await Error(401, "Unauthorized", "The credentials are not valid.").ExecuteAsync(context);
                return;
            }

            await next(context);
        });
        MapList(app, "/company/companies", Companies);
        MapList(app, "/service/boards", Boards);
        MapList(app, "/service/priorities", Priorities);
        MapList(app, "/company/contacts", Contacts);
        MapList(app, "/service/tickets", Tickets);
        app.MapGet($"{Root}/service/tickets/{{id:int}}", (int id) => Locked(() => Find(id) is { } ticket ? Results.Json(Shown(ticket)) : NotFound(id)));
        app.MapGet($"{Root}/service/tickets/{{id:int}}/notes", (int id, HttpRequest request) => Locked(() =>
            Find(id) is { } ticket ? List(request, [.. ((JsonArray)ticket["notes"]!).Cast<JsonObject>()]) : NotFound(id)));
        app.MapPost($"{Root}/service/tickets", async (HttpRequest request) => await BodyAsync(request) is { } body ? Locked(() => Create(body)) : Invalid("body"));
        app.MapPost($"{Root}/service/tickets/{{id:int}}/notes", async (int id, HttpRequest request) =>
            await BodyAsync(request) is { } body ? Locked(() => CreateNote(id, body)) : Invalid("body"));
    }

    private void MapList(WebApplication app, string path, List<JsonObject> records) =>
        app.MapGet(Root + path, (HttpRequest request) => Locked(() => List(request, records)));

    private IResult List(HttpRequest request, List<JsonObject> records)
    {
        var query = request.Query;
        var pageSize = int.TryParse(query["pageSize"], out var size) ? size : DefaultPageSize;
        var page = int.TryParse(query["page"], out var number) ? number : 1;
        if (pageSize is < 1 or > LargestPageSize)
        {
            return Error(400, "InvalidArgument", "pageSize must be 1 to 1000.");
        }

        try
        {
            var conditions = (string?)query["conditions"];
            var ofChildren = (string?)query["childConditions"];
            var found = conditions is null || IgnoresConditions ? records : [.. records.Where(ConnectWiseConditions.Parse(conditions))];
            if (ofChildren is not null)
            {
                var holds = ConnectWiseConditions.Parse(ofChildren);
                found = [.. found.Where(record => ((JsonArray)record["communicationItems"]!).Any(item =>
                    holds(new JsonObject { ["communicationItems"] = item!.DeepClone() })))];
            }

            var ordered = (string?)query["orderBy"] == "id desc" ? found.OrderByDescending(Id) : found.OrderBy(Id);
            return Results.Json(ordered.Skip((page - 1) * pageSize).Take(pageSize).Select(Shown));
        }
        catch (FormatException e)
        {
            return Error(400, "InvalidArgument", $"conditions: {e.Message}");
        }
    }

    private IResult Create(JsonObject body)
    {
        var summary = (string?)body["summary"];
        if (string.IsNullOrEmpty(summary))
        {
            return Invalid("summary", "MissingRequiredField");
        }

        if (summary.Length > 100 || ((string?)body["externalXRef"])?.Length > 100)
        {
            return Invalid(summary.Length > 100 ? "summary" : "externalXRef", "MaxLengthExceeded");
        }

        if (Named(Companies, body["company"]) is not { } company)
        {
            return Invalid("company");
        }

        if ((body["board"] is { } boardNode ? Named(Boards, boardNode) : Boards[0]) is not { } board || (bool)board["inactiveFlag"]!)
        {
            return Invalid("board");
        }

        if (body["priority"] is { } priority && Named(Priorities, priority) is null)
        {
            return Invalid("priority");
        }

        if (body["contact"] is { } contactNode && (Named(Contacts, contactNode) is not { } contact || (int)contact["company"]!["id"]! != Id(company)))
        {
            return Invalid("contact");
        }

        var ticket = AddTicket(company, board, summary, (string?)body["externalXRef"]);
        foreach (var field in new[] { "priority", "contact" })
        {
            ticket[field] = body[field]?.DeepClone();
        }

        AddNote(ticket, (string?)body["initialDescription"] ?? "", isInternal: false);
        var answer = Shown(ticket);
        if (LosesKeys)
        {
            ticket["externalXRef"] = null;
        }

        return Results.Json(answer, statusCode: StatusCodes.Status201Created);
    }

    private IResult CreateNote(int id, JsonObject body)
    {
        if (Find(id) is not { } ticket)
        {
            return NotFound(id);
        }

        if (string.IsNullOrEmpty((string?)body["text"]))
        {
            return Invalid("text", "MissingRequiredField");
        }

        AddNote(ticket, (string)body["text"]!, (bool?)body["internalAnalysisFlag"] ?? false);
        return Results.Json(((JsonArray)ticket["notes"]!)[^1]!.DeepClone(), statusCode: StatusCodes.Status201Created);
    }

    private JsonObject? Find(int id) => Tickets.Find(ticket => Id(ticket) == id);

    private static JsonObject? Named(List<JsonObject> records, JsonNode? reference) =>
        reference?["id"] is { } id ? records.Find(record => Id(record) == (int)id) : null;

    private static JsonObject Reference(JsonObject record) => new() { ["id"] = Id(record), ["name"] = (string?)record["name"] };

    private static int Id(JsonObject record) => (int)record["id"]!;

    private static JsonObject Shown(JsonObject record)
    {
        var shown = (JsonObject)record.DeepClone();
        shown.Remove("notes");
        return shown;
    }

    private static async Task<JsonObject?> BodyAsync(HttpRequest request) => await request.ReadFromJsonAsync<JsonObject>();

    private static IResult NotFound(int id) => Error(404, "NotFound", string.Create(CultureInfo.InvariantCulture, $"Ticket {id} not found"));

    private static IResult Invalid(string field, string code = "InvalidReference") => Results.Json(
        new
        {
            code = "InvalidObject",
            message = "ticket object is invalid",
            errors = new[] { new { code, message = $"The field {field} is invalid.", resource = "ticket", field } },
        },
        statusCode: StatusCodes.Status400BadRequest);

    private static IResult Error(int status, string code, string message) => Results.Json(new { code, message, errors = (object?)null }, statusCode: status);
}
