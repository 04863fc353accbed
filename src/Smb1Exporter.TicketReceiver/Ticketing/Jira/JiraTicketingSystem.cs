using System.Globalization;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>
/// Jira, Cloud or Data Center. A ticket is an issue, called by its number: its key changes when it is moved to another project. Open is what
/// has a status outside the category Done.
/// </summary>
internal sealed class JiraTicketingSystem : ITicketingSystem
{
    private readonly JiraOptions _options;
    private readonly JiraRequests _requests;
    private readonly TicketHttpClient _http;
    private readonly JiraCheck _check;

    public JiraTicketingSystem(JiraOptions options, TicketingContext context)
    {
        _options = options;
        _requests = new JiraRequests(options);
        var signIn = new JiraSignIn(options.User, options.Token);
        _http = new TicketHttpClient(context.Http.CreateRaw(options.Url), "Jira", signIn.AddAsync, signIn.RedactIn, context.TimeProvider);
        _check = new JiraCheck(_http, _requests, options, context.Routes);
    }

    public string Name => $"Jira at {_options.Url}";

    public TimeSpan SearchLag => _options.SearchLag;

    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) => _check.RunAsync(cancellationToken);

    public async Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken)
    {
        var known = search.Known is null ? null : await ReadAsync(search.Known, cancellationToken);
        if (known is not null && IsOpenWith(search.Key, known))
        {
            return new TicketingOutcome.Done(known.Id);
        }

        var found = await SearchAsync(search.Key, known, cancellationToken);
        if (found is null && known is null && search.Known is not null)
        {
            // The search may not show a young issue yet, so "not found" alone would decide that a second one is opened: it is asked again.
            var again = await ReadAsync(search.Known, cancellationToken);
            found = again is not null && IsOpenWith(search.Key, again) ? again : null;
        }

        return new TicketingOutcome.Done(found?.Id);
    }

    public async Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken)
    {
        var request = _requests.Create(message);
        var answer = await _http.SendAsync(request, cancellationToken);
        if (answer.Text("id") is not { Length: > 0 } reference)
        {
            throw _http.Unexpected(request, "it does not name the new issue", answer.GetRawText());
        }

        var issue = await ReadAsync(reference, cancellationToken)
            ?? throw _http.Unexpected(request, $"issue {reference}, which it names, is not to be found");
        return issue.Carries(message.Key)
            ? new TicketingOutcome.Done(issue.Id)
            : throw _http.Refused(
                request,
                $"issue {issue.Key} was opened, but its field {_options.KeyField} does not hold the key {message.Key}, so it could not be found again. "
                + "See which automation, script or field setting removes it, and add the key to the issue by hand.");
    }

    public async Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken)
    {
        for (var startAt = 0; ;)
        {
            var request = _requests.Comments(reference, startAt);
            if (await _http.FindAsync(request, cancellationToken) is not { } answer)
            {
                return new TicketingOutcome.Done(null);
            }

            var comments = JiraPage.Read(answer, "comments") ?? throw _http.Unexpected(request, "it is no page of comments", answer.GetRawText());
            if (comments.Items.Any(comment => comment.Member("body") is { } body && JiraText.Holds(body, message.Mark)))
            {
                return new TicketingOutcome.Done(reference);
            }

            startAt += comments.Items.Count;
            if (comments.IsLast(startAt))
            {
                return new TicketingOutcome.Done(null);
            }
        }
    }

    public async Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
        await _http.FindAsync(_requests.AddComment(reference, message), cancellationToken) is not null
            ? new TicketingOutcome.Done(reference)
            : new TicketingOutcome.RetryLater($"Issue {reference} was deleted meanwhile, or moved to where the account may not see it.", TimeSpan.Zero);

    public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note)
    {
        const string Id = "ISSUE-ID";
        return
        [
            _http.Prepare("First firing: is there an open issue?", _requests.Search(ticket.Key, null, null)),
            _http.Prepare("No: a new issue", _requests.Create(ticket)),
            _http.Prepare("Does it carry the key?", _requests.Issue(Id)),
            _http.Prepare("Next firing: is the issue still open?", _requests.Issue(Id)),
            _http.Prepare("Yes: a comment on it", _requests.AddComment(Id, note)),
        ];
    }

    private async Task<JiraIssue?> SearchAsync(string key, JiraIssue? known, CancellationToken cancellationToken)
    {
        // The search may still show the known issue as it was before.
        long? reconcile = long.TryParse(known?.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        string? page = null;
        do
        {
            var request = _requests.Search(key, page, reconcile);
            var answer = await _http.SendAsync(request, cancellationToken);
            var issues = Issues(request, answer);
            if (issues.FirstOrDefault(issue => !issue.Mentions(key)) is { } stranger)
            {
                throw _http.Unexpected(
                    request, $"it holds issue {stranger.Key}, whose field {_options.KeyField} does not hold the key {key} that was sought (Receiver:Jira:KeyField)");
            }

            foreach (var found in issues.Where(issue => IsOpenWith(key, issue)))
            {
                // The search may still show one that was closed meanwhile as it was before.
                if (await ReadAsync(found.Id, cancellationToken) is { } now && IsOpenWith(key, now))
                {
                    return now;
                }
            }

            page = NextPage(answer, issues.Count);
        }
        while (page is not null);

        return null;
    }

    private static bool IsOpenWith(string key, JiraIssue issue) => !issue.IsDone && issue.Carries(key);

    private async Task<JiraIssue?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var request = _requests.Issue(id);
        return await _http.FindAsync(request, cancellationToken) is { } answer ? Issue(request, answer) : null;
    }

    private JiraIssue Issue(TicketRequest request, JsonElement issue) =>
        JiraIssue.Read(issue, _options.KeyField) ?? throw _http.Unexpected(request, "it holds no issue with its status", issue.GetRawText());

    private List<JiraIssue> Issues(TicketRequest request, JsonElement answer) => JiraPage.Read(answer, "issues") is { } page
        ? [.. page.Items.Select(issue => Issue(request, issue))]
        : throw _http.Unexpected(request, "it is no page of issues", answer.GetRawText());

    // Cloud names the next page, and none after the last; Data Center counts.
    private string? NextPage(JsonElement answer, int count)
    {
        if (_options.Kind == JiraKind.Cloud)
        {
            return answer.Text("nextPageToken");
        }

        var next = JiraPage.StartOf(answer) + count;
        return JiraPage.Read(answer, "issues")!.IsLast(next) ? null : next.ToString(CultureInfo.InvariantCulture);
    }
}
