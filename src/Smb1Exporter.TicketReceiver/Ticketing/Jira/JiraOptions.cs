using System.Text.RegularExpressions;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>Settings; section <c>Receiver:Jira</c>.</summary>
internal sealed partial record JiraOptions : ITicketingSystemOptions
{
    /// <summary>The system field that holds labels.</summary>
    public const string Labels = "labels";

    // "The delay might vary from a few seconds to minutes" (Atlassian, Search After Write with Search And Reconcile).
    private static readonly TimeSpan DefaultSearchLag = TimeSpan.FromMinutes(2);

    /// <summary>The address, ending in a slash.</summary>
    public required Uri Url { get; init; }

    public JiraKind Kind { get; init; }

    /// <summary>The mail address of the account in Jira Cloud; null in Data Center.</summary>
    public string? User { get; init; }

    /// <summary>API token in Jira Cloud, personal access token in Data Center.</summary>
    public required Secret Token { get; init; }

    /// <summary>Name of the issue type of new issues.</summary>
    public required string IssueType { get; init; }

    /// <summary>The field that holds our key: <see cref="Labels"/>, or customfield_ and digits.</summary>
    public required string KeyField { get; init; }

    /// <summary>See <see cref="ITicketingSystem.SearchLag"/>.</summary>
    public TimeSpan SearchLag { get; init; }

    /// <summary>Whether customers of a service desk see the notes.</summary>
    public bool PublicNotes { get; init; }

    public RouteParts Uses => RouteParts.Board | RouteParts.Queue | RouteParts.Priority | RouteParts.Contact;

    public RouteParts Needs => RouteParts.Board;

    public ITicketingSystem Create(TicketingContext context) => new JiraTicketingSystem(this, context);

    /// <param name="reader">The section Receiver.</param>
    /// <param name="selected">Whether these settings are used, so must be complete.</param>
    public static JiraOptions Read(SectionReader reader, bool selected)
    {
        var url = TicketAddress.Read(reader, "Jira:Url", selected, "https://example.atlassian.net");
        var kind = reader.Choice("Jira:Kind", JiraKind.Cloud);
        var user = reader.Text("Jira:User", null)?.Trim();
        var token = reader.Secret("Jira:Token");
        if (selected)
        {
            CheckSignIn(reader, kind, user, token);
        }

        return new JiraOptions
        {
            Url = url ?? new Uri("https://jira.invalid/"),
            Kind = kind,
            User = kind == JiraKind.Cloud ? user : null,
            Token = token ?? Secret.Of("Receiver:Jira:Token", "none"),
            IssueType = reader.Text("Jira:IssueType", "Task").Trim(),
            KeyField = reader.Value(
                "Jira:KeyField",
                Labels,
                text => KeyFieldPattern().IsMatch(text.Trim()) ? text.Trim() : throw new FormatException(),
                "labels, or the id of a custom text field such as customfield_10042"),
            SearchLag = reader.Duration("Jira:SearchLag", DefaultSearchLag, TimeSpan.Zero, TimeSpan.FromHours(1)),
            PublicNotes = reader.Flag("Jira:PublicNotes", false),
        };
    }

    private static void CheckSignIn(SectionReader reader, JiraKind kind, string? user, Secret? token)
    {
        reader.Require(
            "Jira:TokenFile",
            token is null,
            kind == JiraKind.Cloud
                ? "Set it to a file that holds an API token of the account (id.atlassian.com, Security, API tokens)."
                : "Set it to a file that holds a personal access token of the account (Jira, Profile, Personal Access Tokens).");
        switch (kind, user)
        {
            case (JiraKind.Cloud, null):
                reader.Reject("Jira:User", "is missing. Set it to the mail address of the account whose API token is used; for Data Center set Jira:Kind to DataCenter.");
                break;
            case (JiraKind.Cloud, not null) when user.Contains(':', StringComparison.Ordinal):
                reader.Reject("Jira:User", "holds a colon, which no mail address may. Correct it.");
                break;
            case (JiraKind.DataCenter, not null):
                reader.Reject("Jira:User", "is not used with Jira:Kind DataCenter, where the token alone says who asks. Remove it, or set Jira:Kind to Cloud.");
                break;
        }
    }

    [GeneratedRegex("^(labels|customfield_[0-9]{1,10})$", RegexOptions.CultureInvariant)]
    private static partial Regex KeyFieldPattern();
}
