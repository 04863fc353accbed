using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.EndToEnd.Tests.Fakes;

/// <summary>An issue type or priority of a <see cref="FakeJiraSite"/>.</summary>
/// <param name="Name">Its name in English, in which it was made.</param>
/// <param name="Shown">Its name in the language of the account.</param>
internal sealed record JiraName(string Id, string Name, string Shown)
{
    public JiraName(string id, string name)
        : this(id, name, name)
    {
    }
}

/// <summary>
/// A Jira Cloud with one project, OPS, as public reports describe how it looks names up: it lists them in the account's language, and creates
/// an issue for an id, or for a name as it was made, which only one in the whole site may have. Only what the receiver asks for.
/// </summary>
internal sealed partial class FakeJiraSite : FakeServer
{
    private readonly Lock _lock = new();
    private readonly List<JsonObject> _issues = [];

    /// <summary>Of the project OPS.</summary>
    public required IReadOnlyList<JiraName> IssueTypes { get; init; }

    /// <summary>Of other projects.</summary>
    public IReadOnlyList<JiraName> IssueTypesElsewhere { get; init; } = [];

    public required IReadOnlyList<JiraName> Priorities { get; init; }

    /// <summary>How many issues were made.</summary>
    public int Issues
    {
        get
        {
            lock (_lock)
            {
                return _issues.Count;
            }
        }
    }

    protected override void Map(WebApplication app)
    {
        var api = app.MapGroup("/rest/api/{version}");
        api.MapGet("/serverInfo", () => Results.Json(new { deploymentType = "Cloud", version = "1001.0.0" }));
        api.MapGet("/myself", () => Results.Json(new { accountId = "a1", active = true }));
        api.MapGet("/mypermissions", (string permissions) => Results.Json(new
        {
            permissions = permissions.Split(',').ToDictionary(name => name, _ => new { havePermission = true }),
        }));
        api.MapGet("/issue/createmeta/OPS/issuetypes", () => Results.Json(new
        {
            startAt = 0,
            maxResults = 50,
            total = IssueTypes.Count,
            issueTypes = IssueTypes.Select(type => new { id = type.Id, name = type.Shown, untranslatedName = type.Name, subtask = false }),
        }));
        api.MapGet("/issue/createmeta/OPS/issuetypes/{id}", () => Results.Json(new { startAt = 0, maxResults = 50, total = 6, fields = Fields() }));
        api.MapGet("/issue/{id}", Read);
        api.MapPost("/issue", (JsonObject issue) => Create(issue["fields"]!.AsObject()));
        api.MapPost("/issue/{id}/comment", () => Results.Json(new { id = "1" }, statusCode: StatusCodes.Status201Created));
        api.MapPost("/search/jql", (JsonObject query) => Search((string)query["jql"]!));
    }

    private IEnumerable<object> Fields() =>
    [
        .. new[] { "project", "issuetype", "summary", "description", "labels" }.Select(name => new
        {
            fieldId = name,
            key = name,
            name,
            required = name is "project" or "issuetype" or "summary",
            hasDefaultValue = false,
            schema = new { },
        }),
        new
        {
            fieldId = "priority",
            key = "priority",
            name = "priority",
            required = false,
            hasDefaultValue = true,
            schema = new { },
            allowedValues = Priorities.Select(priority => new { id = priority.Id, name = priority.Shown }),
        },
    ];

    private IResult Create(JsonObject fields)
    {
        var errors = new Dictionary<string, string>();
        if (!IsKnown(fields["issuetype"], IssueTypes, [.. IssueTypes, .. IssueTypesElsewhere]))
        {
            errors["issuetype"] = "The issue type selected is invalid.";
        }

        if (fields.ContainsKey("priority") && !IsKnown(fields["priority"], Priorities, Priorities))
        {
            errors["priority"] = "The priority selected is invalid.";
        }

        if (errors.Count > 0)
        {
            return Results.Json(new { errorMessages = Array.Empty<string>(), errors }, statusCode: StatusCodes.Status400BadRequest);
        }

        lock (_lock)
        {
            var id = (20001 + _issues.Count).ToString(CultureInfo.InvariantCulture);
            _issues.Add(new JsonObject
            {
                ["id"] = id,
                ["key"] = $"OPS-{_issues.Count + 1}",
                ["fields"] = new JsonObject
                {
                    ["labels"] = fields["labels"]?.DeepClone() ?? new JsonArray(),
                    ["status"] = new JsonObject { ["name"] = "To Do", ["statusCategory"] = new JsonObject { ["key"] = "new" } },
                },
            });
            return Results.Json(new { id, key = (string)_issues[^1]["key"]! }, statusCode: StatusCodes.Status201Created);
        }
    }

    private IResult Read(string id)
    {
        lock (_lock)
        {
            return _issues.Find(issue => (string)issue["id"]! == id) is { } issue
                ? Results.Json(issue.DeepClone())
                : Results.Json(new { errorMessages = new[] { "Issue does not exist." } }, statusCode: StatusCodes.Status404NotFound);
        }
    }

    private IResult Search(string jql)
    {
        var label = Label.Match(jql).Groups[1].Value;
        lock (_lock)
        {
            var found = _issues.Where(issue => issue["fields"]!["labels"]!.AsArray().Any(one => (string)one! == label));
            return Results.Json(new { issues = found.Select(issue => issue.DeepClone()).ToList(), isLast = true });
        }
    }

    private static bool IsKnown(JsonNode? value, IReadOnlyList<JiraName> byId, IReadOnlyList<JiraName> byName) =>
        value is JsonObject reference
        && (byId.Any(one => one.Id == (string?)reference["id"]) || byName.Count(one => one.Name == (string?)reference["name"]) == 1);

    [GeneratedRegex("labels = \"([^\"]+)\"")]
    private static partial Regex Label { get; }
}
