using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>Asks Jira for all that deliveries need; changes nothing.</summary>
internal sealed class JiraCheck(TicketHttpClient http, JiraRequests requests, JiraOptions options, CustomerRoutes routes)
{
    private const string ModifyReporter = "MODIFY_REPORTER";

    // Those that Jira fills itself, whatever the screen says.
    private static readonly string[] AlwaysFilled = ["project", "issuetype", "summary", "description", "reporter"];

    /// <returns>What is wrong, each with its setting and remedy.</returns>
    /// <exception cref="TicketingException">Jira cannot be asked now, or does not take the sign-in.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        if (await WrongKindAsync(cancellationToken) is { } wrong)
        {
            return [wrong];
        }

        await http.SendAsync(requests.Myself(), cancellationToken);
        var problems = new List<string>();
        foreach (var project in routes.All.GroupBy(entry => entry.Route.Board!, StringComparer.OrdinalIgnoreCase))
        {
            await CheckProjectAsync(project.Key, [.. project], problems, cancellationToken);
        }

        foreach (var contact in routes.All.Where(entry => entry.Route.Contact is not null).GroupBy(entry => entry.Route.Contact!, StringComparer.Ordinal))
        {
            await CheckContactAsync(contact.Key, contact.First().Setting, problems, cancellationToken);
        }

        return problems;
    }

    private async Task<string?> WrongKindAsync(CancellationToken cancellationToken)
    {
        var told = await http.SendAsync(JiraRequests.ServerInfo(), cancellationToken);
        if (told.Text("deploymentType") is not { Length: > 0 } type)
        {
            return null;
        }

        var found = type == "Cloud" ? JiraKind.Cloud : JiraKind.DataCenter;
        return found == options.Kind ? null : $"Receiver:Jira:Kind is {options.Kind}, but {options.Url} is Jira {found}. Set it to {found}.";
    }

    private async Task CheckProjectAsync(
        string project, IReadOnlyList<(string Setting, TicketRoute Route)> entries, List<string> problems, CancellationToken cancellationToken)
    {
        var setting = entries[0].Setting;
        if (await MissingPermissionsAsync(project, entries.Any(entry => entry.Route.Contact is not null), cancellationToken) is not { } missing)
        {
            problems.Add($"{setting}: there is no project with the key '{project}', or the account may not see it. Correct Board, or give the account the right Browse Projects in it.");
            return;
        }

        if (missing.Count > 0)
        {
            problems.Add($"{setting}: the account lacks {string.Join(", ", missing)} in project {project}. Give it these in the project's permission scheme.");
            return;
        }

        var types = await AllAsync(startAt => requests.IssueTypes(project, startAt), cancellationToken, "issueTypes", "values");
        if (types.FirstOrDefault(type => type.Text("name") == options.IssueType) is not { ValueKind: JsonValueKind.Object } found)
        {
            var names = string.Join(", ", types.Select(type => type.Text("name")));
            problems.Add($"Receiver:Jira:IssueType: project {project} has no issue type '{options.IssueType}'; it has {names}. Name one of these, or add the type to the project.");
            return;
        }

        var screen = await AllAsync(startAt => requests.CreateFields(project, found.Text("id") ?? "", startAt), cancellationToken, "fields", "values");
        CheckKeyField(project, screen, problems);
        foreach (var (entry, route) in entries)
        {
            CheckRoute($"{entry}: project {project}", screen, route, problems);
        }
    }

    /// <returns>Null when the project is not to be seen.</returns>
    private async Task<List<string>?> MissingPermissionsAsync(string project, bool setsReporter, CancellationToken cancellationToken)
    {
        string[] needed = ["BROWSE_PROJECTS", "CREATE_ISSUES", "ADD_COMMENTS", .. setsReporter ? [ModifyReporter] : Array.Empty<string>()];
        var request = requests.Permissions(project, needed);
        if (await http.FindAsync(request, cancellationToken) is not { } answer)
        {
            return null;
        }

        if (answer.Object("permissions") is not { } permissions)
        {
            throw http.Unexpected(request, "it names no permissions", answer.GetRawText());
        }

        var missing = needed.Where(name => permissions.Object(name)?.IsTrue("havePermission") != true).ToList();
        return missing.Contains("BROWSE_PROJECTS") ? null : missing;
    }

    private void CheckKeyField(string project, IReadOnlyList<JsonElement> screen, List<string> problems)
    {
        if (Field(screen, options.KeyField) is not { } field)
        {
            problems.Add(
                $"Receiver:Jira:KeyField: the field {options.KeyField} is not on the screen that creates a {options.IssueType} in project {project}, "
                + "so the key of a ticket would be lost. Add it to that screen.");
        }
        else if (options.KeyField != JiraOptions.Labels
            && field.Object("schema")?.Text("custom") is { Length: > 0 } kind
            && !kind.EndsWith(":textfield", StringComparison.Ordinal))
        {
            problems.Add($"Receiver:Jira:KeyField: {options.KeyField} ('{field.Text("name")}') is no text field of a single line. Name one that is, or remove the setting to use labels.");
        }
    }

    private void CheckRoute(string where, IReadOnlyList<JsonElement> screen, TicketRoute route, List<string> problems)
    {
        CheckChoice(where, screen, "components", "Queue", "component", route.Queue, problems);
        CheckChoice(where, screen, "priority", "Priority", "priority", route.Priority, problems);
        if (route.Contact is not null && Field(screen, "reporter") is null)
        {
            problems.Add($"{where} has no reporter on the screen that creates a {options.IssueType}. Add it to that screen, or remove Contact.");
        }

        var filled = AlwaysFilled.Append(options.KeyField).ToList();
        filled.AddRange(route.Queue is null ? [] : ["components"]);
        filled.AddRange(route.Priority is null ? [] : ["priority"]);
        foreach (var field in screen.Where(field => field.IsTrue("required") && !field.IsTrue("hasDefaultValue") && !filled.Contains(Id(field))))
        {
            problems.Add(
                $"{where} asks for the field '{field.Text("name")}' ({Id(field)}) in each {options.IssueType}, and nothing fills it. "
                + "Make it optional or give it a default value"
                + (Id(field) switch { "components" => ", or set Queue.", "priority" => ", or set Priority.", _ => ", or name another Receiver:Jira:IssueType." }));
        }
    }

    private void CheckChoice(
        string where, IReadOnlyList<JsonElement> screen, string id, string part, string what, string? value, List<string> problems)
    {
        if (value is null)
        {
            return;
        }

        if (Field(screen, id) is not { } field)
        {
            problems.Add($"{where} has no {what} on the screen that creates a {options.IssueType}. Add it to that screen, or remove {part}.");
        }
        else if (field.List("allowedValues") is { } allowed && !allowed.Any(choice => choice.Text("name") == value))
        {
            problems.Add($"{where} has no {what} '{value}'. Correct {part}, or add it in Jira.");
        }
    }

    private async Task CheckContactAsync(string contact, string setting, List<string> problems, CancellationToken cancellationToken)
    {
        var what = options.Kind == JiraKind.Cloud ? "account id" : "user name";
        if (await http.FindAsync(requests.User(contact), cancellationToken) is not { } user)
        {
            problems.Add($"{setting}: there is no user with the {what} '{contact}'. Correct Contact.");
        }
        else if (user.Member("active") is { ValueKind: JsonValueKind.False })
        {
            problems.Add($"{setting}: the user with the {what} '{contact}' is not active. Name another in Contact.");
        }
    }

    private async Task<List<JsonElement>> AllAsync(Func<int, TicketRequest> ask, CancellationToken cancellationToken, params string[] names)
    {
        var all = new List<JsonElement>();
        while (true)
        {
            var request = ask(all.Count);
            var answer = await http.SendAsync(request, cancellationToken);
            var page = JiraPage.Read(answer, names) ?? throw http.Unexpected(request, $"it has no list {string.Join(" or ", names)}", answer.GetRawText());
            all.AddRange(page.Items);
            if (page.IsLast(all.Count))
            {
                return all;
            }
        }
    }

    private static JsonElement? Field(IReadOnlyList<JsonElement> screen, string id) =>
        screen.FirstOrDefault(field => Id(field) == id) is { ValueKind: JsonValueKind.Object } found ? found : null;

    private static string Id(JsonElement field) => field.Text("fieldId") ?? "";
}
