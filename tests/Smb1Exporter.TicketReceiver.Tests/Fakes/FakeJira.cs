using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Smb1Exporter.TicketReceiver.Ticketing.Jira;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>A project of the fake.</summary>
internal sealed class FakeJiraProject(string key)
{
    public string Key => key;

    public List<string> IssueTypes { get; } = ["Bug", "Task"];

    public List<string> Components { get; } = [];

    public List<string> Priorities { get; } = ["High", "Medium"];

    public HashSet<string> Permissions { get; } = ["BROWSE_PROJECTS", "CREATE_ISSUES", "ADD_COMMENTS", "MODIFY_REPORTER"];

    /// <summary>The fields on the screen that creates an issue, beside project and issue type.</summary>
    public List<string> Screen { get; } = ["summary", "description", "labels", "components", "priority", "reporter", FakeJira.KeyField];

    /// <summary>Fields that must be filled, beside the summary.</summary>
    public HashSet<string> Required { get; } = [];
}

/// <summary>An issue of the fake.</summary>
internal sealed record FakeJiraIssue(int Id)
{
    public required string Project { get; set; }

    public required string Key { get; set; }

    public required string Summary { get; init; }

    public required ShownText Description { get; init; }

    public required List<string> Labels { get; init; }

    public string? KeyField { get; set; }

    public string? Component { get; set; }

    public required string Priority { get; init; }

    public required string Reporter { get; init; }

    public bool IsDone { get; set; }

    public List<(JsonNode Raw, ShownText Shown, bool Internal)> Comments { get; } = [];
}

/// <summary>
/// Jira: Cloud (REST API 3, Basic, search that lags behind, Atlassian Document Format) or Data Center (REST API 2, Bearer, wiki notation), as
/// their references describe them.
/// </summary>
internal sealed class FakeJira(JiraKind kind) : FakeServer
{
    public const string User = "smb1@example.com";
    public const string KeyField = "customfield_10042";
    public const string Contact = "5b10ac8d82e05b22cc7d4ef5";

    private const int LongestText = 32767;

    private readonly Lock _lock = new();
    private readonly List<FakeJiraIssue> _issues = [];
    private readonly List<(DateTimeOffset At, int Id, FakeJiraIssue? Issue)> _index = [];
    private readonly Dictionary<string, int> _numbers = [];
    private int _indexed = int.MaxValue;

    public string Token { get; } = $"token-{Guid.NewGuid():N}";

    /// <summary>How long the search of Cloud does not show what was changed.</summary>
    public TimeSpan IndexLag { get; set; } = TimeSpan.Zero;

    /// <summary>The most that a page of any list holds, whatever is asked for.</summary>
    public int LongestPage { get; set; } = 50;

    /// <summary>Whether an automation empties labels and key field as soon as an issue is made.</summary>
    public bool LosesKeys { get; set; }

    /// <summary>Whether the search ignores what it is asked for.</summary>
    public bool FindsAnything { get; set; }

    /// <summary>What the search answers instead; null for what it finds.</summary>
    public string? SearchAnswer { get; set; }

    public bool ContactIsActive { get; set; } = true;

    public Dictionary<string, FakeJiraProject> Projects { get; } = new()
    {
        ["OPS"] = new FakeJiraProject("OPS"),
        ["CON"] = new FakeJiraProject("CON") { Components = { "Servers", "Alerts" } },
        ["OTHER"] = new FakeJiraProject("OTHER"),
    };

    public IReadOnlyList<FakeJiraIssue> Issues
    {
        get
        {
            lock (_lock)
            {
                return [.. _issues.Select(issue => issue with { })];
            }
        }
    }

    /// <summary>Whether the search shows all that happened.</summary>
    public bool IsIndexed
    {
        get
        {
            lock (_lock)
            {
                var until = IndexedUntil;
                return _index.TrueForAll(entry => entry.At <= until);
            }
        }
    }

    private DateTimeOffset IndexedUntil => TimeProvider.System.GetUtcNow() - (IsCloud ? IndexLag : TimeSpan.Zero);

    private bool IsCloud => kind == JiraKind.Cloud;

    /// <summary>Does something to an issue as a person would; the search sees it when it has caught up.</summary>
    public void Change(string id, Action<FakeJiraIssue> change)
    {
        lock (_lock)
        {
            var issue = _issues.Single(issue => issue.Id.ToString(CultureInfo.InvariantCulture) == id);
            change(issue);
            Reindex(issue.Id);
        }
    }

    /// <summary>The search shows what happened until now, and nothing of what will but where it is told to look.</summary>
    public void StopIndexing()
    {
        lock (_lock)
        {
            _indexed = _index.Count;
        }
    }

    public void Delete(string id)
    {
        lock (_lock)
        {
            _issues.RemoveAll(issue => issue.Id.ToString(CultureInfo.InvariantCulture) == id);
            Reindex(int.Parse(id, CultureInfo.InvariantCulture));
        }
    }

    public void Move(string id, string project) => Change(id, issue =>
    {
        issue.Project = project;
        issue.Key = NextKey(project);
        issue.Component = null;
    });

    public FakeJiraIssue Add(string project, string summary, List<string> labels, string? keyField = null)
    {
        lock (_lock)
        {
            var issue = new FakeJiraIssue(10000 + _numbers.Values.Sum())
            {
                Project = project,
                Key = NextKey(project),
                Summary = summary,
                Description = new ShownText("", []),
                Labels = labels,
                KeyField = keyField,
                Priority = "Medium",
                Reporter = "somebody",
            };
            _issues.Add(issue);
            Reindex(issue.Id);
            return issue;
        }
    }

    public void AddComment(string id, string text)
    {
        JsonNode raw = IsCloud ? JiraText.Document(text, "") : JsonValue.Create(text);
        Change(id, issue => issue.Comments.Add((raw, Render(raw), false)));
    }

    protected override void Map(WebApplication app)
    {
        var api = IsCloud ? "/rest/api/3" : "/rest/api/2";
        app.MapGet("/rest/api/2/serverInfo", () => Results.Json(new { version = IsCloud ? "1001.0.0-SNAPSHOT" : "10.3.1", deploymentType = IsCloud ? "Cloud" : "Server" }));
        app.MapPost("/rest/api/3/search", () => Error(410, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."));
        app.MapGet($"{api}/myself", Signed(_ => Results.Json(new { active = true })));
        app.MapGet($"{api}/mypermissions", Signed(Permissions));
        app.MapGet($"{api}/user", Signed(GetUser));
        app.MapGet($"{api}/issue/createmeta/{{project}}/issuetypes", Signed(IssueTypes));
        app.MapGet($"{api}/issue/createmeta/{{project}}/issuetypes/{{type}}", Signed(CreateFields));
        app.MapPost(IsCloud ? $"{api}/search/jql" : $"{api}/search", Signed(Search));
        app.MapPost($"{api}/issue", Signed(Create));
        app.MapGet($"{api}/issue/{{id}}", Signed(GetIssue));
        app.MapGet($"{api}/issue/{{id}}/comment", Signed(GetComments));
        app.MapPost($"{api}/issue/{{id}}/comment", Signed(PostComment));
    }

    private sealed record Asked(HttpRequest Request, JsonObject Body)
    {
        public string Query(string name) => Request.Query[name].ToString();

        public string Route(string name) => (string)Request.RouteValues[name]!;
    }

    private Func<HttpContext, Task<IResult>> Signed(Func<Asked, IResult> handle) => async context =>
    {
        var expected = IsCloud ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Token}"))}" : $"Bearer {Token}";
        if (context.Request.Headers.Authorization != expected)
        {
            return Results.Text("Client must be authenticated to access this resource.", statusCode: 401);
        }

        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        lock (_lock)
        {
            try
            {
                return handle(new Asked(context.Request, text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject()));
            }
            catch (FormatException e)
            {
                return Error(400, e.Message);
            }
        }
    };

    private static IResult Error(int status, string message, string? field = null) => Results.Json(
        new
        {
            errorMessages = field is null ? new[] { message } : [],
            errors = field is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [field] = message },
        },
        statusCode: status);

    private FakeJiraProject? ProjectOf(string key) => Projects.GetValueOrDefault(key) is { } project && project.Permissions.Contains("BROWSE_PROJECTS") ? project : null;

    private IResult Permissions(Asked asked)
    {
        if (ProjectOf(asked.Query("projectKey")) is not { } project)
        {
            return Error(404, $"No project could be found with key '{asked.Query("projectKey")}'.");
        }

        var sought = asked.Query("permissions").Split(',');
        if (IsCloud && sought is [""])
        {
            return Error(400, "The query parameter 'permissions' is required.");
        }

        return Results.Json(new { permissions = sought.ToDictionary(name => name, name => new { havePermission = project.Permissions.Contains(name) }) });
    }

    private IResult GetUser(Asked asked) => asked.Query(IsCloud ? "accountId" : "username") == Contact
        ? Results.Json(new { active = ContactIsActive })
        : Error(404, "Specified user does not exist or you do not have required permissions");

    private IResult IssueTypes(Asked asked)
    {
        if (ProjectOf(asked.Route("project")) is not { } project)
        {
            return Error(404, "No project could be found.");
        }

        return Page(asked, IsCloud ? "issueTypes" : "values", [.. project.IssueTypes.Select((name, index) => new JsonObject { ["id"] = $"{index + 1}", ["name"] = name })]);
    }

    private IResult CreateFields(Asked asked)
    {
        if (ProjectOf(asked.Route("project")) is not { } project)
        {
            return Error(404, "No project could be found.");
        }

        var fields = project.Screen.Prepend("issuetype").Prepend("project").Select(id =>
        {
            var field = new JsonObject
            {
                ["fieldId"] = id,
                ["name"] = id == KeyField ? "SMB1 key" : char.ToUpperInvariant(id[0]) + id[1..],
                ["required"] = id is "project" or "issuetype" or "summary" or "reporter" || project.Required.Contains(id),
                ["hasDefaultValue"] = id == "priority",
                ["schema"] = id == KeyField ? new JsonObject { ["type"] = "string", ["custom"] = $"com.atlassian.jira.plugin.system.customfieldtypes:{KeyFieldKind}" } : new JsonObject(),
            };
            if (id is "components" or "priority")
            {
                field["allowedValues"] = new JsonArray([.. (id == "components" ? project.Components : project.Priorities).Select(name => new JsonObject { ["name"] = name })]);
            }

            return field;
        });
        return Page(asked, IsCloud ? "fields" : "values", [.. fields]);
    }

    /// <summary>The kind of the custom field.</summary>
    public string KeyFieldKind { get; set; } = "textfield";

    // Data Center calls the last page so; Cloud gives the total.
    private IResult Page(Asked asked, string name, JsonObject[] all)
    {
        var startAt = int.Parse(asked.Query("startAt"), CultureInfo.InvariantCulture);
        var size = Math.Min(int.Parse(asked.Query("maxResults"), CultureInfo.InvariantCulture), LongestPage);
        JsonNode[] items = [.. all.Skip(startAt).Take(size)];
        var page = new JsonObject { ["startAt"] = startAt, ["maxResults"] = size, [name] = new JsonArray(items) };
        if (IsCloud || name == "comments")
        {
            page["total"] = all.Length;
        }
        else
        {
            page["isLast"] = startAt + items.Length >= all.Length;
        }

        return Results.Json(page);
    }

    private IResult Search(Asked asked)
    {
        if (SearchAnswer is not null)
        {
            return Results.Text(SearchAnswer);
        }

        var query = (string)asked.Body["jql"]!;
        var condition = new FakeJql(query, KeyField).Parse();
        var reconciled = (asked.Body["reconcileIssues"]?.AsArray() ?? []).Select(id => (int)id!).ToHashSet();
        var found = Indexed(reconciled)
            .Where(issue => FindsAnything || condition(new JqlIssue(issue.Project, issue.Labels, issue.KeyField, issue.IsDone ? "Done" : "To Do", issue.Summary)))
            .OrderBy(issue => issue.Id)
            .ToList();
        var size = Math.Min((int)asked.Body["maxResults"]!, LongestPage);
        var startAt = IsCloud ? int.Parse((string?)asked.Body["nextPageToken"] ?? "0", CultureInfo.InvariantCulture) : (int)asked.Body["startAt"]!;
        var fields = asked.Body["fields"]?.AsArray().Select(field => (string)field!).ToArray() ?? [];
        JsonNode[] page = [.. found.Skip(startAt).Take(size).Select(issue => Json(issue, fields))];
        var answer = new JsonObject { ["issues"] = new JsonArray(page) };
        if (!IsCloud)
        {
            answer["startAt"] = startAt;
            answer["maxResults"] = size;
            answer["total"] = found.Count;
        }
        else if (startAt + page.Length < found.Count)
        {
            answer["nextPageToken"] = (startAt + page.Length).ToString(CultureInfo.InvariantCulture);
        }

        return Results.Json(answer);
    }

    // What the search knows: the newest state older than its lag, but for those it is to look at.
    private IEnumerable<FakeJiraIssue> Indexed(HashSet<int> reconciled)
    {
        var until = IndexedUntil;
        return _index.Where((entry, number) => (number < _indexed && entry.At <= until) || reconciled.Contains(entry.Id))
            .GroupBy(entry => entry.Id)
            .Select(entries => entries.Last().Issue)
            .OfType<FakeJiraIssue>();
    }

    private void Reindex(int id)
    {
        var issue = _issues.Find(issue => issue.Id == id);
        _index.Add((TimeProvider.System.GetUtcNow(), id, issue is null ? null : issue with { Labels = [.. issue.Labels] }));
    }

    private string NextKey(string project)
    {
        _numbers[project] = _numbers.GetValueOrDefault(project) + 1;
        return $"{project}-{_numbers[project]}";
    }

    private IResult Create(Asked asked)
    {
        var fields = asked.Body["fields"]!.AsObject();
        if (ProjectOf((string?)fields["project"]?["key"] ?? "") is not { } project || !project.Permissions.Contains("CREATE_ISSUES"))
        {
            return Error(400, "project is required", "project");
        }

        if (!project.IssueTypes.Contains((string?)fields["issuetype"]?["name"] ?? ""))
        {
            return Error(400, "Specify a valid issue type", "issuetype");
        }

        foreach (var (name, _) in fields.Where(field => field.Key is not ("project" or "issuetype") && !project.Screen.Contains(field.Key)))
        {
            return Error(400, $"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown.", name);
        }

        if (project.Required.FirstOrDefault(name => !fields.ContainsKey(name)) is { } missing)
        {
            return Error(400, $"{missing} is required.", missing);
        }

        var summary = (string?)fields["summary"] ?? "";
        if (summary.Length is 0 or > 255 || summary.AsSpan().IndexOfAny('\r', '\n') >= 0)
        {
            return Error(400, summary.Length > 255 ? "Summary can't exceed 255 characters." : "The summary is invalid because it contains newline characters.", "summary");
        }

        var labels = (fields["labels"]?.AsArray() ?? []).Select(label => (string)label!).ToList();
        if (labels.FirstOrDefault(label => label.Contains(' ', StringComparison.Ordinal) || label.Length > 255) is { } wrong)
        {
            return Error(400, $"The label '{wrong}' contains spaces which is invalid.", "labels");
        }

        var component = (string?)fields["components"]?[0]?["name"];
        if (component is not null && !project.Components.Contains(component))
        {
            return Error(400, $"Component name '{component}' is not valid", "components");
        }

        var priority = (string?)fields["priority"]?["name"] ?? "Medium";
        if (!project.Priorities.Contains(priority))
        {
            return Error(400, "The priority selected is invalid.", "priority");
        }

        var reporter = (string?)fields["reporter"]?[IsCloud ? "id" : "name"];
        if (reporter is not null && reporter != Contact)
        {
            return Error(400, "The reporter specified is not a user.", "reporter");
        }

        var issue = new FakeJiraIssue(10000 + _numbers.Values.Sum())
        {
            Project = project.Key,
            Key = NextKey(project.Key),
            Summary = summary,
            Description = Render(fields["description"]),
            Labels = LosesKeys ? [] : labels,
            KeyField = LosesKeys ? null : (string?)fields[KeyField],
            Component = component,
            Priority = priority,
            Reporter = reporter ?? "smb1",
        };
        _issues.Add(issue);
        Reindex(issue.Id);
        return Results.Json(new { id = issue.Id.ToString(CultureInfo.InvariantCulture), key = issue.Key, self = $"{Address}rest/api/3/issue/{issue.Id}" }, statusCode: 201);
    }

    private ShownText Render(JsonNode? text)
    {
        // What is counted of a document is not documented: the strictest reading is all of it.
        var length = IsCloud
            ? text!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).Length
            : ((string?)text)!.Length;
        return length > LongestText
            ? throw new FormatException("The entered text is too long. It exceeds the allowed limit of 32,767 characters.")
            : IsCloud ? FakeJiraText.RenderDocument(text) : FakeJiraText.RenderWiki((string)text!);
    }

    // By number or by key; a moved issue is found by its old key no longer here, so that a wrong reference shows.
    private FakeJiraIssue? Find(string id) => _issues.Find(issue =>
        (issue.Id.ToString(CultureInfo.InvariantCulture) == id || issue.Key == id) && ProjectOf(issue.Project) is not null);

    private static IResult NoIssue() => Error(404, "Issue does not exist or you do not have permission to see it.");

    private IResult GetIssue(Asked asked) => Find(asked.Route("id")) is { } issue ? Results.Json(Json(issue, asked.Query("fields").Split(','))) : NoIssue();

    private static JsonObject Json(FakeJiraIssue issue, string[] wanted)
    {
        var json = new JsonObject { ["id"] = issue.Id.ToString(CultureInfo.InvariantCulture) };
        var fields = new JsonObject();
        foreach (var field in wanted)
        {
            fields[field] = field switch
            {
                "labels" => new JsonArray([.. issue.Labels.Select(label => JsonValue.Create(label))]),
                KeyField => issue.KeyField,
                "status" => new JsonObject { ["name"] = issue.IsDone ? "Erledigt" : "Offen", ["statusCategory"] = new JsonObject { ["id"] = issue.IsDone ? 3 : 2, ["key"] = issue.IsDone ? "done" : "new" } },
                _ => null,
            };
        }

        // Without fields Cloud gives the number alone.
        if (wanted.Length > 0)
        {
            json["key"] = issue.Key;
            json["fields"] = fields;
        }

        return json;
    }

    private IResult GetComments(Asked asked)
    {
        if (Find(asked.Route("id")) is not { } issue)
        {
            return NoIssue();
        }

        var comments = issue.Comments.Select((comment, index) => new JsonObject { ["id"] = $"{index}", ["body"] = comment.Raw.DeepClone() });
        return Page(asked, "comments", [.. asked.Query("orderBy") == "-created" ? comments.Reverse() : comments]);
    }

    private IResult PostComment(Asked asked)
    {
        if (Find(asked.Route("id")) is not { } issue)
        {
            return NoIssue();
        }

        if (!Projects[issue.Project].Permissions.Contains("ADD_COMMENTS"))
        {
            return Error(403, "You do not have the permission to comment on this issue.");
        }

        var body = asked.Body["body"]!;
        var property = asked.Body["properties"]?.AsArray().FirstOrDefault(property => (string?)property!["key"] == "sd.public.comment");
        issue.Comments.Add((body.DeepClone(), Render(body), (bool?)property?["value"]?["internal"] == true));
        return Results.Json(new { id = $"{issue.Comments.Count}" }, statusCode: 201);
    }
}
