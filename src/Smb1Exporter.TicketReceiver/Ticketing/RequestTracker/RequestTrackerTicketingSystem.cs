using System.Net;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.RequestTracker;

/// <summary>Tickets in Request Tracker 5. Its search and its answers come from one database: what was answered is found at once.</summary>
/// <param name="name">What and where it is.</param>
/// <param name="http">Sends.</param>
/// <param name="requests">Composes.</param>
/// <param name="keyField">The name of the custom field that holds the key.</param>
/// <param name="routes">Where tickets may go.</param>
internal sealed class RequestTrackerTicketingSystem(
    string name, TicketHttpClient http, RequestTrackerRequests requests, string keyField, CustomerRoutes routes) : ITicketingSystem
{
    public string Name => name;

    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken) =>
        new RequestTrackerCheck(http, requests, keyField, routes).RunAsync(cancellationToken);

    public async Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken)
    {
        var request = requests.SearchOpen(search.Key);
        var answer = await http.SendAsync(request, cancellationToken);
        if (RequestTrackerAnswers.List(answer, "items").FirstOrDefault() is not { ValueKind: JsonValueKind.Object } ticket)
        {
            await EnsureReadableAsync(search, cancellationToken);
            return new TicketingOutcome.Done(null);
        }

        var reference = RequestTrackerAnswers.Text(ticket, "id") ?? throw http.Unexpected(request, "a ticket has no id", ticket.ToString());
        switch (RequestTrackerAnswers.StateOf(ticket, keyField, search.Key))
        {
            case KeyState.Carried:
            case KeyState.NotShown when !await FindsAnythingAsync(cancellationToken):
                return new TicketingOutcome.Done(reference);
            default:
                throw http.Unexpected(
                    request, $"it names ticket {reference}, which does not carry the key {search.Key} in the custom field '{keyField}'. That ticket is left alone");
        }
    }

    public async Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken)
    {
        var queue = await http.SendAsync(RequestTrackerRequests.Queue(message.Route.Queue!), cancellationToken);
        if (!RequestTrackerAnswers.List(queue, "TicketCustomFields").Any(field => RequestTrackerAnswers.Text(field, "name") == keyField))
        {
            // Without the field the search finds nothing and the key would be dropped: each attempt would open a ticket.
            return new TicketingOutcome.RetryLater(
                $"{name}: queue '{message.Route.Queue}' does not show the custom field '{keyField}', so no ticket is opened. Apply it to all queues, and grant the account SeeCustomField on it.");
        }

        var request = requests.Create(message);
        var answer = await http.SendAsync(request, cancellationToken);
        var reference = RequestTrackerAnswers.Text(answer, "id") ?? throw http.Unexpected(request, "it names no ticket", answer.ToString());
        var found = await http.SendAsync(requests.Search(message.Key, reference), cancellationToken);
        return RequestTrackerAnswers.List(found, "items").Any(ticket => RequestTrackerAnswers.Text(ticket, "id") == reference)
            ? new TicketingOutcome.Done(reference)
            : throw http.Refused(
                request,
                $"ticket {reference} was opened, but cannot be found by its key {message.Key}: the custom field '{keyField}' did not take it, or the account may not read "
                + $"the ticket. Grant the account SetInitialCustomField and SeeCustomField on that field and ShowTicket in all queues, close ticket {reference} and send again.");
    }

    public async Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken)
    {
        // What the account may not see is missing from a page: only an empty one is surely the last.
        for (var page = 1; ; page++)
        {
            var answer = await http.FindAsync(RequestTrackerRequests.NoteSubjects(reference, page), cancellationToken);
            var subjects = answer is null ? [] : RequestTrackerAnswers.List(answer.Value, "items").ToList();
            if (subjects.Exists(item => RequestTrackerAnswers.Text(item, "Subject")?.EndsWith(message.Mark, StringComparison.Ordinal) == true))
            {
                return new TicketingOutcome.Done(reference);
            }

            if (subjects.Count == 0)
            {
                return new TicketingOutcome.Done(null);
            }
        }
    }

    public async Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken)
    {
        var request = RequestTrackerRequests.Comment(reference, message);
        var answer = await http.SendRawAsync(request, cancellationToken, HttpStatusCode.BadRequest, HttpStatusCode.NotFound);
        return answer.Status switch
        {
            HttpStatusCode.Created => new TicketingOutcome.Done(reference),
            HttpStatusCode.NotFound => TicketingOutcome.Deleted(reference),
            HttpStatusCode.BadRequest => await ExplainAsync(reference, request, answer, cancellationToken),
            _ => throw http.Unexpected(request, $"its status is {(int)answer.Status}, not 201", answer.Text),
        };
    }

    public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note)
    {
        const string Number = "NUMBER";
        yield return http.Prepare("Each firing: is there an open ticket?", requests.SearchOpen(ticket.Key));
        yield return http.Prepare("When there is none: has the queue the key's field?", RequestTrackerRequests.Queue(ticket.Route.Queue!));
        yield return http.Prepare("Then a ticket is opened", requests.Create(ticket));
        yield return http.Prepare("It must be found by the key", requests.Search(ticket.Key, Number));
        yield return http.Prepare("When there is one: a note on it", RequestTrackerRequests.Comment(Number, note));
        yield return http.Prepare("After an answer was lost: is the note there?", RequestTrackerRequests.NoteSubjects(Number, 1));
    }

    /// <summary>Without the right to read tickets a search finds nothing. A ticket known from before then says so, instead of a second one.</summary>
    private async Task EnsureReadableAsync(TicketSearch search, CancellationToken cancellationToken)
    {
        if (search.Known is { } known)
        {
            await http.FindAsync(RequestTrackerRequests.Ticket(known), cancellationToken);
        }
    }

    /// <summary>
    /// Whether the search finds tickets for a key that nobody has, that is, passes over the field. A ticket that was moved to a queue to which
    /// the field does not apply keeps its value and is found by it, but does not show it.
    /// </summary>
    private async Task<bool> FindsAnythingAsync(CancellationToken cancellationToken) =>
        RequestTrackerAnswers.List(await http.SendAsync(requests.SearchOpen("none"), cancellationToken), "items").Any();

    // Request Tracker answers 400 also to a missing ticket and to a missing right, with a text in the account's language.
    private async Task<TicketingOutcome> ExplainAsync(
        string reference, TicketRequest request, HttpAnswer answer, CancellationToken cancellationToken)
    {
        if (await http.FindAsync(RequestTrackerRequests.Ticket(reference), cancellationToken) is not { } ticket)
        {
            return TicketingOutcome.Deleted(reference);
        }

        return RequestTrackerAnswers.Allows(ticket, "comment")
            ? throw http.Refused(request, "it answered 400.", answer.Text)
            : new TicketingOutcome.RetryLater($"{name}: the account may not comment on ticket {reference}. Grant it CommentOnTicket in all queues.");
    }
}
