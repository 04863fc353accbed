using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>
/// Datto Autotask PSA as its developer help tells it, with what integrators report: wrong requests are answered with 500 and errors, a filter
/// with an unknown operator is dropped, one with an unknown field is an error.
/// </summary>
internal sealed class FakeAutotask : FakeServer
{
    public const string UserName = "api@msp.example";
    public const string Secret = "s3cret+/Autotask";
    public const string IntegrationCode = "CODE123";

    private const string Root = "/ATServicesRest/V1.0";
    private readonly Lock _lock = new();
    private long _lastId = 5000;

    /// <summary>The tickets, oldest first.</summary>
    public List<JsonObject> Tickets { get; } = [];

    /// <summary>The notes of all tickets, oldest first.</summary>
    public List<JsonObject> Notes { get; } = [];

    public List<JsonObject> Companies { get; } = [];

    public List<JsonObject> Contacts { get; } = [];

    /// <summary>What entityInformation/fields of tickets answers.</summary>
    public JsonArray TicketFields { get; } = new(
        Field("id"),
        Field("companyID"),
        Field("contactID"),
        Field("title", 255),
        Field("description", 8000),
        Field("dueDateTime"),
        Field("externalID", 50),
        Field("status", 0, (1, "New"), (5, "Complete"), (8, "In Progress"), (20, "Done by customer")),
        Field("priority", 0, (1, "High"), (2, "Medium"), (3, "Low")),
        Field("queueID", 0, (29682833, "Alerts"), (29683354, "Level I Support")));

    /// <summary>What entityInformation/fields of notes answers.</summary>
    public JsonArray NoteFields { get; } = new(
        Field("id"),
        Field("ticketID"),
        Field("title", 250),
        Field("description", 32000),
        Field("noteType", 0, (1, "Task Summary"), (3, "Task Notes"), (13, "Workflow Rule Note - Task")),
        Field("publish", 0, (1, "All Autotask Users"), (2, "Internal Project Team")));

    /// <summary>Whether the API user may sign in.</summary>
    public bool IsSecretValid { get; set; } = true;

    /// <summary>Whether externalID is dropped without a word, as for a user who may not set it.</summary>
    public bool LosesKeys { get; set; }

    /// <summary>Whether filters are taken and not honoured.</summary>
    public bool IgnoresFilters { get; set; }

    /// <summary>The most that a page holds.</summary>
    public int LargestPage { get; set; } = 500;

    /// <summary>What is answered with 500 to whoever makes a ticket; null for nothing.</summary>
    public string? Fails { get; set; }

    /// <summary>Does something to the records while no request is answered.</summary>
    public T Locked<T>(Func<T> action)
    {
        lock (_lock)
        {
            return action();
        }
    }

    public JsonObject AddCompany(string name)
    {
        var company = new JsonObject { ["id"] = NewId(), ["companyName"] = name, ["isActive"] = true };
        Companies.Add(company);
        return company;
    }

    public JsonObject AddContact(JsonObject company, string mail)
    {
        var contact = new JsonObject { ["id"] = NewId(), ["companyID"] = (long)company["id"]!, ["emailAddress"] = mail, ["isActive"] = 1 };
        Contacts.Add(contact);
        return contact;
    }

    /// <summary>Opens a ticket past the API.</summary>
    public JsonObject AddTicket(JsonObject fields)
    {
        fields["id"] = NewId();
        Tickets.Add(fields);
        return fields;
    }

    /// <summary>A choice of a picklist.</summary>
    public static JsonNode Item(JsonArray fields, string field, string label) =>
        FieldOf(fields, field)["picklistValues"]!.AsArray().Single(item => (string)item!["label"]! == label)!;

    /// <summary>A field as it is described.</summary>
    public static JsonNode FieldOf(JsonArray fields, string name) => fields.Single(field => (string)field!["name"]! == name)!;

    protected override void Map(WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            var headers = context.Request.Headers;
            if (!IsSecretValid || headers["UserName"] != UserName || headers["Secret"] != Secret || headers["ApiIntegrationCode"] != IntegrationCode)
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            // Only the documented spelling makes anything.
            if (HttpMethods.IsPost(context.Request.Method) && !context.Request.Path.Value!.StartsWith(Root, StringComparison.Ordinal))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            await next(context);
        });
        app.MapGet($"{Root}/Tickets/entityInformation/fields", () => Locked(() => Results.Json(new JsonObject { ["fields"] = TicketFields.DeepClone() })));
        app.MapGet($"{Root}/TicketNotes/entityInformation/fields", () => Locked(() => Results.Json(new JsonObject { ["fields"] = NoteFields.DeepClone() })));
        MapQuery(app, "Tickets", Tickets);
        MapQuery(app, "Companies", Companies);
        MapQuery(app, "Contacts", Contacts);
        app.MapGet($"{Root}/Tickets/{{id:long}}", (long id) => Locked(() => Results.Json(new JsonObject { ["item"] = Find(id)?.DeepClone() })));
        app.MapGet($"{Root}/Tickets/{{id:long}}/Notes", (long id, HttpRequest request) =>
            Locked(() => Page(request, [.. Notes.Where(note => (long)note["ticketID"]! == id)], 500)));
        app.MapPost($"{Root}/Tickets", async (HttpRequest request) => await request.ReadFromJsonAsync<JsonObject>() is { } body ? Locked(() => Create(body)) : Errors("no body"));
        app.MapPost($"{Root}/Tickets/{{id:long}}/Notes", async (long id, HttpRequest request) =>
            await request.ReadFromJsonAsync<JsonObject>() is { } body ? Locked(() => CreateNote(id, body)) : Errors("no body"));
    }

    private void MapQuery(WebApplication app, string entity, List<JsonObject> records) =>
        app.MapGet($"{Root}/{entity}/query", (HttpRequest request) => Locked(() => Query(request, entity, records)));

    private IResult Query(HttpRequest request, string entity, List<JsonObject> records)
    {
        JsonNode? search;
        try
        {
            search = JsonNode.Parse((string?)request.Query["search"] ?? "");
        }
        catch (JsonException)
        {
            return Errors("Invalid search.");
        }

        var found = records.AsEnumerable();
        foreach (var filter in search!["filter"]!.AsArray())
        {
            var field = (string)filter!["field"]!;
            if (records.Count > 0 && !records.Exists(record => record.ContainsKey(field)))
            {
                return Errors($"Unable to find {field} in the {entity} Entity.");
            }

            found = ((string)filter["op"]!, IgnoresFilters) switch
            {
                ("eq", false) => found.Where(record => IsEqual(record[field], filter["value"])),
                ("noteq", false) => found.Where(record => !IsEqual(record[field], filter["value"])),
                _ => found,
            };
        }

        var most = (int?)search["MaxRecords"] ?? 500;
        return most is < 1 or > 500 ? Errors("maxCountOfRecordsToReturn must be between 1 and 500") : Page(request, [.. found], most);
    }

    private IResult Page(HttpRequest request, List<JsonObject> records, int most)
    {
        var after = long.TryParse(request.Query["nextId"], out var id) ? id : 0;
        var size = Math.Min(most, LargestPage);
        var rest = records.Where(record => (long)record["id"]! > after).ToList();
        var page = rest.Take(size).ToList();
        var search = (string?)request.Query["search"];
        return Results.Json(new JsonObject
        {
            ["items"] = new JsonArray([.. page.Select(record => record.DeepClone())]),
            ["pageDetails"] = new JsonObject
            {
                ["count"] = page.Count,
                ["requestCount"] = most,
                ["prevPageUrl"] = null,
                ["nextPageUrl"] = rest.Count <= size
                    ? null
                    : $"https://webservices99.autotask.example{request.Path}?nextId={page[^1]["id"]}{(search is null ? "" : $"&search={Uri.EscapeDataString(search)}")}",
            },
        });
    }

    private IResult Create(JsonObject body)
    {
        if (Fails is { } error)
        {
            return Errors(error);
        }

        if (Fault(body, TicketFields, "companyID", "title", "status", "priority", "dueDateTime", "queueID") is { } fault)
        {
            return Errors(fault);
        }

        if (!Companies.Exists(company => IsEqual(company["id"], body["companyID"])))
        {
            return Errors("Value does not reference an existing entity for companyID.");
        }

        if (body["contactID"] is { } contact && !Contacts.Exists(other => IsEqual(other["id"], contact) && IsEqual(other["companyID"], body["companyID"])))
        {
            return Errors("The contact does not belong to the company.");
        }

        var ticket = (JsonObject)body.DeepClone();
        if (LosesKeys)
        {
            ticket["externalID"] = null;
        }

        return Results.Json(new JsonObject { ["itemId"] = (long)AddTicket(ticket)["id"]! });
    }

    private IResult CreateNote(long id, JsonObject body)
    {
        if (Find(id) is null)
        {
            return Errors("Value does not reference an existing entity for ticketID.");
        }

        if (Fault(body, NoteFields, "title", "description", "noteType", "publish") is { } fault)
        {
            return Errors(fault);
        }

        var note = (JsonObject)body.DeepClone();
        note["id"] = NewId();
        note["ticketID"] = id;
        Notes.Add(note);
        return Results.Json(new JsonObject { ["itemId"] = (long)note["id"]! });
    }

    private static string? Fault(JsonObject body, JsonArray fields, params string[] required)
    {
        if (required.FirstOrDefault(name => body[name] is null) is { } missing)
        {
            return $"{missing} is required.; on record number [0].";
        }

        foreach (var (name, value) in body)
        {
            var field = FieldOf(fields, name);
            if (value is null)
            {
                return $"{name} is null.";
            }

            if ((int)field["length"]! is > 0 and var length && ((string)value!).Length > length)
            {
                return $"String value exceeds maximum length (field:{name}). ";
            }

            if (field["picklistValues"] is JsonArray items && !items.Any(item => (string)item!["value"]! == value.ToJsonString() && (bool)item["isActive"]!))
            {
                return $"Value does not exist for the required picklist field {name}.";
            }
        }

        return null;
    }

    private JsonObject? Find(long id) => Tickets.Find(ticket => (long)ticket["id"]! == id);

    private long NewId() => Interlocked.Increment(ref _lastId);

    private static bool IsEqual(JsonNode? value, JsonNode? wanted) =>
        string.Equals(value?.ToString(), wanted?.ToString(), StringComparison.OrdinalIgnoreCase);

    private static JsonObject Field(string name, int length = 0, params (int Value, string Label)[] items) => new()
    {
        ["name"] = name,
        ["length"] = length,
        ["isReadOnly"] = false,
        ["isQueryable"] = true,
        ["isPickList"] = items.Length > 0,
        ["picklistValues"] = items.Length == 0
            ? null
            : new JsonArray([.. items.Select(item => new JsonObject
            {
                ["value"] = item.Value.ToString(CultureInfo.InvariantCulture),
                ["label"] = item.Label,
                ["isActive"] = true,
                ["isSystem"] = true,
            })]),
    };

    private static IResult Errors(string error) =>
        Results.Json(new JsonObject { ["errors"] = new JsonArray(error) }, statusCode: StatusCodes.Status500InternalServerError);
}
