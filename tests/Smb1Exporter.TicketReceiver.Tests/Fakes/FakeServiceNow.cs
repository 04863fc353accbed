using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>
/// ServiceNow's Table API: conditions on unknown columns are dropped, unknown columns ignored, long values cut, journal columns empty
/// unless display values are asked for, their own table closed; a resolved incident stays active.
/// </summary>
internal sealed partial class FakeServiceNow : FakeServer
{
    public const string User = "smb1.receiver";
    public const string UserPassword = "snow-pass:word-77";
    public const string ApiKey = "now_apikey_9d1f";
    public const string ClientSecret = "snow-oauth-secret";
    private const int LargestPage = 10_000;
    private readonly Lock _lock = new();
    private readonly List<Dictionary<string, string>> _incidents = [];
    private readonly Dictionary<string, List<(string Field, string Text)>> _journal = [];
    private readonly List<string> _tokens = [];
    private readonly HashSet<string> _valid = [];
    private int _lastNumber = 10_000;

    /// <summary>Columns of an incident, with their lengths.</summary>
    public Dictionary<string, int> Columns { get; } = new()
    {
        ["sys_id"] = 32,
        ["number"] = 40,
        ["sys_created_on"] = 40,
        ["short_description"] = 160,
        ["description"] = 4000,
        ["correlation_id"] = 100,
        ["active"] = 5,
        ["state"] = 3,
        ["priority"] = 1,
        ["impact"] = 1,
        ["urgency"] = 1,
        ["company"] = 32,
        ["assignment_group"] = 32,
        ["caller_id"] = 32,
        ["work_notes"] = 4000,
        ["comments"] = 4000,
    };

    public List<Dictionary<string, string>> Groups { get; } = [Named("a1", "Alerts"), Named("a2", "Servers")];

    public List<Dictionary<string, string>> Companies { get; } = [Named("c1", "Contoso Ltd"), Named("c2", "MSP")];

    public List<Dictionary<string, string>> Users { get; } =
    [
        Person("e1", "smb1.alerts", "alerts@msp.example", "SMB1 Alerts"), Person("e2", "it.contoso", "it@contoso.example", "Contoso IT"),
    ];

    public string Password { get; set; } = UserPassword;

    /// <summary>Columns that the account must not read.</summary>
    public HashSet<string> Hidden { get; } = [];

    public bool DeclarationsAreReadable { get; set; } = true;

    public bool LosesKeys { get; set; }

    /// <summary>The system property glide.invalid_query.returns_no_rows.</summary>
    public bool InvalidQueriesReturnNoRows { get; set; }

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

    public IReadOnlyList<(Dictionary<string, string> Incident, IReadOnlyList<(string Field, string Text)> Journal)> Incidents
    {
        get
        {
            lock (_lock)
            {
                return [.. _incidents.Select(incident => (new Dictionary<string, string>(incident), (IReadOnlyList<(string, string)>)[.. _journal[incident["sys_id"]]]))];
            }
        }
    }

    public static string SysId(string seed) => seed.PadLeft(32, '0');

    /// <summary>A journal entry as a technician sees it.</summary>
    public static string Rendered(string entry) => Code().Replace(entry, match => Tag().Replace(match.Groups[1].Value, ""));

    public void Change(string number, string column, string value)
    {
        lock (_lock)
        {
            _incidents.Single(incident => incident["number"] == number)[column] = value;
        }
    }

    public void Delete(string number)
    {
        lock (_lock)
        {
            _incidents.RemoveAll(incident => incident["number"] == number);
        }
    }

    public void Add(string summary)
    {
        lock (_lock)
        {
            Insert(new JsonObject { ["short_description"] = summary });
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

    protected override void Map(WebApplication app)
    {
        app.MapPost("/oauth_token.do", TokenAsync);
        app.MapGet("/api/now/table/{table}", (HttpContext context, string table) => Guarded(context, () => List(context, table)));
        app.MapGet("/api/now/table/incident/{id}", (HttpContext context, string id) => Guarded(context, () => Find(id) is { } incident
            ? Json(new JsonObject { ["result"] = Shown(incident, context) })
            : Missing()));
        app.MapPost("/api/now/table/incident", (Delegate)((HttpContext context) => WithBodyAsync(context, body =>
            Json(new JsonObject { ["result"] = Shown(Insert(body), context) }, StatusCodes.Status201Created))));
        app.MapMethods("/api/now/table/incident/{id}", ["PATCH"], (HttpContext context, string id) => WithBodyAsync(context, body =>
        {
            if (Find(id) is not { } incident)
            {
                return Missing();
            }

            Write(incident, body);
            return Json(new JsonObject { ["result"] = Shown(incident, context) });
        }));
    }

    private async Task TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        if (form["grant_type"] != "client_credentials" || form["client_id"] != "snow-client" || form["client_secret"] != ClientSecret)
        {
            await Json(new JsonObject { ["error"] = "access_denied", ["error_description"] = "access_denied" }, 401).ExecuteAsync(context);
            return;
        }

        var token = $"snow-{Guid.NewGuid():N}";
        lock (_lock)
        {
            _tokens.Add(token);
            _valid.Add(token);
        }

        await Json(new JsonObject { ["access_token"] = token, ["token_type"] = "Bearer", ["expires_in"] = 1799 }).ExecuteAsync(context);
    }

    private IResult List(HttpContext context, string table)
    {
        (IEnumerable<Dictionary<string, string>>? records, HashSet<string> columns) = table switch
        {
            "incident" => (_incidents, [.. Columns.Keys.Except(Hidden)]),
            "sys_user_group" => (Groups, ["sys_id", "name"]),
            "core_company" => (Companies, ["sys_id", "name"]),
            "sys_user" => (Users, ["sys_id", "user_name", "email", "name"]),
            "sys_dictionary" => (
                DeclarationsAreReadable ? Columns.Keys.Select(column => new Dictionary<string, string> { ["element"] = column, ["name"] = "task" }) : [],
                ["element", "name"]),
            "sys_journal_field" => ([], ["element_id"]),
            _ => ((IEnumerable<Dictionary<string, string>>?)null, (HashSet<string>)[]),
        };
        if (records is null)
        {
            return Failure(400, $"Invalid table {table}", null);
        }

        var query = new ServiceNowQuery(context.Request.Query["sysparm_query"].FirstOrDefault() ?? "", columns);
        var found = query.Of(records);
        if (query.IsInvalid && InvalidQueriesReturnNoRows)
        {
            found = [];
        }

        var limit = Number(context, "sysparm_limit", LargestPage);
        return Json(new JsonObject
        {
            ["result"] = new JsonArray([.. found.Skip(Number(context, "sysparm_offset", 0)).Take(limit).Select(record => Shown(record, context))]),
        });
    }

    private Dictionary<string, string> Insert(JsonObject body)
    {
        var number = ++_lastNumber;
        var incident = new Dictionary<string, string>
        {
            ["sys_id"] = Guid.NewGuid().ToString("N"),
            ["number"] = $"INC{number:0000000}",
            ["sys_created_on"] = DateTimeOffset.UnixEpoch.AddSeconds(number).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["active"] = "true",
            ["state"] = "1",
            ["impact"] = "3",
            ["urgency"] = "3",
            ["correlation_id"] = "",
        };
        _incidents.Add(incident);
        _journal[incident["sys_id"]] = [];
        Write(incident, body);
        if (LosesKeys)
        {
            incident["correlation_id"] = "";
        }

        return incident;
    }

    private void Write(Dictionary<string, string> incident, JsonObject body)
    {
        foreach (var (column, value) in body)
        {
            if (!Columns.TryGetValue(column, out var length))
            {
                continue;
            }

            var text = (string?)value ?? "";
            text = text.Length <= length ? text : text[..length];
            if (column is "work_notes" or "comments")
            {
                _journal[incident["sys_id"]].Add((column, text));
            }
            else if (column is not "priority")
            {
                incident[column] = text;
            }
        }

        incident["priority"] = (incident["impact"][0] - '0' + incident["urgency"][0] - '0' - 1).ToString(CultureInfo.InvariantCulture);
    }

    private JsonObject Shown(Dictionary<string, string> record, HttpContext context)
    {
        var shown = new JsonObject();
        var displayed = context.Request.Query["sysparm_display_value"] == "true";
        foreach (var column in context.Request.Query["sysparm_fields"].First()!.Split(',').Where(column => !Hidden.Contains(column)))
        {
            if (column is "work_notes" or "comments" && Columns.ContainsKey(column))
            {
                var entries = _journal[record["sys_id"]].Where(entry => entry.Field == column).Reverse();
                shown[column] = displayed ? string.Concat(entries.Select(entry => $"2026-11-25 04:05:06 - SMB1 ({column})\n{entry.Text}\n\n")) : "";
            }
            else if (record.TryGetValue(column, out var value) && (!record.ContainsKey("state") || Columns.ContainsKey(column)))
            {
                shown[column] = value;
            }
        }

        return shown;
    }

    private Dictionary<string, string>? Find(string id) => _incidents.Find(incident => incident["sys_id"] == id);

    private async Task<IResult> WithBodyAsync(HttpContext context, Func<JsonObject, IResult> answer)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        return Guarded(context, () => answer(body));
    }

    private IResult Guarded(HttpContext context, Func<IResult> answer)
    {
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));
        lock (_lock)
        {
            var authorization = context.Request.Headers.Authorization.FirstOrDefault();
            var isKnown = authorization == $"Basic {basic}"
                || context.Request.Headers["x-sn-apikey"] == ApiKey
                || (authorization?.StartsWith("Bearer ", StringComparison.Ordinal) == true && _valid.Contains(authorization["Bearer ".Length..]));
            return isKnown ? answer() : Failure(401, "User Not Authenticated", "Required to provide Auth information");
        }
    }

    private static int Number(HttpContext context, string name, int otherwise) =>
        context.Request.Query[name].FirstOrDefault() is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static Dictionary<string, string> Named(string seed, string name) => new() { ["sys_id"] = SysId(seed), ["name"] = name };

    private static Dictionary<string, string> Person(string seed, string userName, string email, string name) =>
        new() { ["sys_id"] = SysId(seed), ["user_name"] = userName, ["email"] = email, ["name"] = name };

    private static IResult Json(JsonNode body, int status = 200) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);

    private static IResult Missing() => Failure(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval");

    private static IResult Failure(int status, string message, string? detail) => Json(
        new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["detail"] = detail }, ["status"] = "failure" }, status);

    [GeneratedRegex(@"\[code\](.*?)\[/code\]", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
