using System.Globalization;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;
using Smb1Exporter.TicketReceiver.Ticketing.Jira;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Jira;

/// <summary>A receiver's settings for the fake of Jira.</summary>
internal sealed class JiraFixture : IStatefulFixture
{
    // Counted from before the request is sent; so much longer than the fake's that no slow machine makes up the difference.
    private const string SearchLag = "00:00:02";

    private readonly TemporaryFolder _folder = new();
    private readonly JiraKind _kind;
    private readonly bool _customField;

    private JiraFixture(JiraKind kind, bool customField)
    {
        _kind = kind;
        _customField = customField;
        Jira = new FakeJira(kind);
        Misconfigurations = new Dictionary<string, Misconfiguration>
        {
            ["wrong token"] = new(
                Spoil(() => File.WriteAllText(_folder["token"], "wrong")), Mend(() => File.WriteAllText(_folder["token"], Jira.Token)), "401", "Check the secret"),
            ["unreachable"] = new(Set("Receiver:Jira:Url", "http://127.0.0.1:9"), null, "cannot be reached at 127.0.0.1:9"),
            ["wrong path"] = new(Set("Receiver:Jira:Url", $"{{0}}jira"), null, "404", "Check Url"),
            ["wrong kind"] = new(
                () => Task.FromResult<IEnumerable<(string, string)>>(kind == JiraKind.Cloud
                    ? [("Receiver:Jira:Kind", "DataCenter"), ("Receiver:Jira:User", "")]
                    : [("Receiver:Jira:Kind", "Cloud"), ("Receiver:Jira:User", FakeJira.User)]),
                null,
                "Receiver:Jira:Kind",
                $"Set it to {kind}"),
            ["no project"] = new(Set("Receiver:Customers:0:Board", "NONE"), null, "Receiver:Customers (Contoso)", "'NONE'", "Browse Projects"),
            ["no view of the project"] = new(
                Spoil(() => Jira.Projects["CON"].Permissions.Remove("BROWSE_PROJECTS")),
                Mend(() => Jira.Projects["CON"].Permissions.Add("BROWSE_PROJECTS")),
                "'CON'",
                "Browse Projects"),
            ["no right to comment"] = new(
                Spoil(() => Jira.Projects["CON"].Permissions.Remove("ADD_COMMENTS")), Mend(() => Jira.Projects["CON"].Permissions.Add("ADD_COMMENTS")), "ADD_COMMENTS", "CON"),
            ["no right to name a reporter"] = new(
                Spoil(() => Jira.Projects["CON"].Permissions.Remove("MODIFY_REPORTER")),
                Mend(() => Jira.Projects["CON"].Permissions.Add("MODIFY_REPORTER")),
                "MODIFY_REPORTER"),
            ["no issue type"] = new(
                Spoil(() => Jira.Projects["CON"].IssueTypes.Remove("Task")), Mend(() => Jira.Projects["CON"].IssueTypes.Add("Task")), "Receiver:Jira:IssueType", "'Task'", "it has Bug"),
            ["key field not on the screen"] = new(
                Spoil(() => Jira.Projects["CON"].Screen.Remove(KeyField)), Mend(() => Jira.Projects["CON"].Screen.Add(KeyField)), "Receiver:Jira:KeyField", KeyField, "CON"),
            ["no component"] = new(
                Spoil(() => Jira.Projects["CON"].Components.Remove("Alerts")), Mend(() => Jira.Projects["CON"].Components.Add("Alerts")), "component 'Alerts'", "Correct Queue"),
            ["no components on the screen"] = new(
                Spoil(() => Jira.Projects["CON"].Screen.Remove("components")), Mend(() => Jira.Projects["CON"].Screen.Add("components")), "has no component on the screen"),
            ["no priority"] = new(
                Spoil(() => Jira.Projects["CON"].Priorities.Remove("High")), Mend(() => Jira.Projects["CON"].Priorities.Add("High")), "priority 'High'", "Correct Priority"),
            ["no contact"] = new(Set("Receiver:Customers:0:Contact", "nobody"), null, "'nobody'", "Correct Contact"),
            ["contact left"] = new(Spoil(() => Jira.ContactIsActive = false), Mend(() => Jira.ContactIsActive = true), "is not active"),
            ["a field nothing fills"] = new(
                Spoil(() =>
                {
                    Jira.Projects["OPS"].Screen.Add("customfield_10099");
                    Jira.Projects["OPS"].Required.Add("customfield_10099");
                }),
                Mend(() => Jira.Projects["OPS"].Required.Clear()),
                "Receiver:CatchAll",
                "customfield_10099",
                "Make it optional"),
        };
        if (customField)
        {
            ((Dictionary<string, Misconfiguration>)Misconfigurations)["key field of another kind"] = new(
                Spoil(() => Jira.KeyFieldKind = "textarea"), Mend(() => Jira.KeyFieldKind = "textfield"), "no text field of a single line", FakeJira.KeyField);
        }
    }

    public FakeJira Jira { get; }

    public IReadOnlyList<(string Key, string Value)> Settings =>
    [
        ("Receiver:TicketingSystem", "Jira"),
        ("Receiver:Jira:Url", Jira.Address.ToString()),
        ("Receiver:Jira:Kind", _kind.ToString()),
        ("Receiver:Jira:User", _kind == JiraKind.Cloud ? FakeJira.User : ""),
        ("Receiver:Jira:TokenFile", _folder["token"]),
        ("Receiver:Jira:SearchLag", SearchLag),
        ("Receiver:Jira:KeyField", KeyField),
        ("Receiver:CatchAll:Board", "OPS"),
        ("Receiver:Customers:0:Customer", "Contoso"),
        ("Receiver:Customers:0:Board", "CON"),
        ("Receiver:Customers:0:Queue", "Alerts"),
        ("Receiver:Customers:0:Priority", "High"),
        ("Receiver:Customers:0:Contact", FakeJira.Contact),
    ];

    public string CatchAll => "OPS//Medium/smb1";

    public string Contoso => $"CON/Alerts/High/{FakeJira.Contact}";

    public int LongestSubject => 255;

    public IReadOnlyList<string> Secrets =>
        [Jira.Token, Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{FakeJira.User}:{Jira.Token}"))];

    public FaultPlan Faults => Jira.Faults;

    public IReadOnlyDictionary<string, Misconfiguration> Misconfigurations { get; }

    private string KeyField => _customField ? FakeJira.KeyField : "labels";

    public static async Task<JiraFixture> StartAsync(JiraKind kind, bool customField = false)
    {
        var fixture = new JiraFixture(kind, customField);
        fixture.Jira.IndexLag = TimeSpan.FromMilliseconds(50);
        await File.WriteAllTextAsync(fixture._folder["token"], fixture.Jira.Token, TestContext.Current.CancellationToken);
        await fixture.Jira.StartAsync();
        return fixture;
    }

    public Task<IReadOnlyList<SeenTicket>> TicketsAsync() => Task.FromResult<IReadOnlyList<SeenTicket>>(
    [
        .. Jira.Issues.Select(issue => new SeenTicket(
            issue.Id.ToString(CultureInfo.InvariantCulture),
            $"{issue.Project}/{issue.Component}/{issue.Priority}/{issue.Reporter}",
            issue.Summary,
            Plain(issue.Description),
            [.. issue.Comments.Select(comment => Plain(comment.Shown))],
            !issue.IsDone)),
    ]);

    public Task CloseAsync(string reference) => Do(() => Jira.Change(reference, issue => issue.IsDone = true));

    public Task DeleteAsync(string reference) => Do(() => Jira.Delete(reference));

    public Task MoveAsync(string reference) => Do(() => Jira.Move(reference, "OTHER"));

    public Task AddForeignTicketAsync() => Do(() => Jira.Add("CON", "SMB1 Traffic Detected on FS01", ["smb1"], "smb1"));

    public Task SettleAsync() => Eventually.TrueAsync(() => Jira.IsIndexed, "the search shows all");

    public bool LoseKeys() => Jira.LosesKeys = true;

    public async ValueTask DisposeAsync()
    {
        await Jira.DisposeAsync();
        _folder.Dispose();
    }

    private static string Plain(ShownText text)
    {
        Assert.Empty(text.Effects);
        return text.Text;
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static Func<Task<IEnumerable<(string, string)>>> Spoil(Action action) => () =>
    {
        action();
        return Task.FromResult<IEnumerable<(string, string)>>([]);
    };

    private Func<Task<IEnumerable<(string, string)>>> Set(string key, string value) =>
        () => Task.FromResult<IEnumerable<(string, string)>>([(key, string.Format(CultureInfo.InvariantCulture, value, Jira.Address))]);

    private static Func<Task> Mend(Action action) => () => Do(action);
}
