using System.Globalization;
using System.Text.Json.Nodes;
using Smb1Exporter.TicketReceiver.PlainText;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>Composes the requests, as the REST API references of Jira Cloud (version 3) and Data Center (version 2) describe them. Pure.</summary>
internal sealed class JiraRequests(JiraOptions options)
{
    private const int PageSize = 100;

    private bool IsCloud => options.Kind == JiraKind.Cloud;

    private string Api => IsCloud ? "rest/api/3" : "rest/api/2";

    // Without it the answer has no fields at all in Jira Cloud.
    private string[] Fields => [options.KeyField, "status"];

    /// <summary>Says which product it is; the one request that both answer alike.</summary>
    public static TicketRequest ServerInfo() => TicketRequest.Get("rest/api/2/serverInfo");

    public TicketRequest Myself() => TicketRequest.Get($"{Api}/myself");

    /// <summary>What the account may do in a project; 404 when it cannot see that.</summary>
    public TicketRequest Permissions(string project, IEnumerable<string> permissions) => TicketRequest.Get(
        TicketRequest.Query($"{Api}/mypermissions", ("projectKey", project), ("permissions", string.Join(',', permissions))));

    public TicketRequest IssueTypes(string project, int startAt) => TicketRequest.Get(
        TicketRequest.Query($"{Api}/issue/createmeta/{TicketRequest.Escape(project)}/issuetypes", Page(startAt)));

    /// <summary>The fields of the screen on which issues of a type are made.</summary>
    public TicketRequest CreateFields(string project, string issueTypeId, int startAt) => TicketRequest.Get(TicketRequest.Query(
        $"{Api}/issue/createmeta/{TicketRequest.Escape(project)}/issuetypes/{TicketRequest.Escape(issueTypeId)}", Page(startAt)));

    /// <summary>A person, by account id in Jira Cloud and by user name in Data Center.</summary>
    public TicketRequest User(string contact) =>
        TicketRequest.Get(TicketRequest.Query($"{Api}/user", (IsCloud ? "accountId" : "username", contact)));

    /// <param name="id">The issue's number, which stays when it is moved; its key does not.</param>
    public TicketRequest Issue(string id) =>
        TicketRequest.Get(TicketRequest.Query($"{Api}/issue/{TicketRequest.Escape(id)}", ("fields", string.Join(',', Fields))));

    /// <summary>Open issues with the key, in all projects, oldest first.</summary>
    /// <param name="key">The key.</param>
    /// <param name="page">Where the page begins, as the answer before said; null for the first.</param>
    /// <param name="known">Number of an issue that must be seen as it is now, even where the search lags behind; null for none.</param>
    public TicketRequest Search(string key, string? page, long? known)
    {
        var body = new JsonObject
        {
            ["jql"] = Jql.OpenWithKey(options.KeyField, key),
            ["fields"] = new JsonArray([.. Fields.Select(field => JsonValue.Create(field))]),
            ["maxResults"] = PageSize,
        };
        if (!IsCloud)
        {
            body["startAt"] = page is null ? 0 : int.Parse(page, CultureInfo.InvariantCulture);
            return TicketRequest.Post($"{Api}/search", body);
        }

        if (page is not null)
        {
            body["nextPageToken"] = page;
        }

        if (known is not null)
        {
            body["reconcileIssues"] = new JsonArray(known);
        }

        return TicketRequest.Post($"{Api}/search/jql", body);
    }

    public TicketRequest Create(TicketMessage message)
    {
        var route = message.Route;
        var fields = new JsonObject
        {
            ["project"] = new JsonObject { ["key"] = route.Board },
            ["issuetype"] = new JsonObject { ["name"] = options.IssueType },
            ["summary"] = TextLimits.Line(message.Subject, JiraText.LongestSummary),
            ["description"] = Text(message.Body, ""),
            [options.KeyField] = options.KeyField == JiraOptions.Labels ? new JsonArray(message.Key) : message.Key,
        };
        if (route.Queue is not null)
        {
            fields["components"] = new JsonArray(new JsonObject { ["name"] = route.Queue });
        }

        if (route.Priority is not null)
        {
            fields["priority"] = new JsonObject { ["name"] = route.Priority };
        }

        if (route.Contact is not null)
        {
            fields["reporter"] = new JsonObject { [IsCloud ? "id" : "name"] = route.Contact };
        }

        return TicketRequest.Post($"{Api}/issue", new JsonObject { ["fields"] = fields });
    }

    /// <summary>Comments of an issue, newest first.</summary>
    public TicketRequest Comments(string id, int startAt) => TicketRequest.Get(
        TicketRequest.Query($"{Api}/issue/{TicketRequest.Escape(id)}/comment", [.. Page(startAt), ("orderBy", "-created")]));

    public TicketRequest AddComment(string id, TicketMessage message)
    {
        var body = new JsonObject { ["body"] = Text(message.Body, $"\n\n{message.Mark}") };
        if (!options.PublicNotes)
        {
            // Jira Service Management keeps such a comment from customers; elsewhere nothing reads the property.
            body["properties"] = new JsonArray(
                new JsonObject { ["key"] = "sd.public.comment", ["value"] = new JsonObject { ["internal"] = true } });
        }

        return TicketRequest.Post($"{Api}/issue/{TicketRequest.Escape(id)}/comment", body);
    }

    private JsonNode Text(string text, string last) => IsCloud ? JiraText.Document(text, last) : JsonValue.Create(JiraText.Wiki(text, last));

    private static (string Name, string Value)[] Page(int startAt) =>
        [("startAt", startAt.ToString(CultureInfo.InvariantCulture)), ("maxResults", PageSize.ToString(CultureInfo.InvariantCulture))];
}
