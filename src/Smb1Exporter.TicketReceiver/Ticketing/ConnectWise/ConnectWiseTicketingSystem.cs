using Smb1Exporter.TicketReceiver.Ticketing.Http;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.ConnectWise;

/// <summary>Tickets in ConnectWise PSA (Manage), through its REST API 3.0.</summary>
internal sealed class ConnectWiseTicketingSystem : ITicketingSystem
{
    // No server has it: a key ends in 32 hexadecimal digits.
    private const string KeyOfNoTicket = "smb1-check";

    private readonly ConnectWiseOptions _options;
    private readonly CustomerRoutes _routes;
    private readonly TicketHttpClient _http;
    private readonly RouteNumbers _numbers = new();

    public ConnectWiseTicketingSystem(ConnectWiseOptions options, TicketingContext context)
    {
        _options = options;
        _routes = context.Routes;
        var signIn = new ConnectWiseSignIn(options);
        _http = new TicketHttpClient(context.Http.CreateRaw(options.Url!), Name, signIn.AddAsync, signIn.RedactIn, context.TimeProvider);
    }

    public string Name => $"ConnectWise at {_options.Url!.Authority}";

    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        await SeekAsync(KeyOfNoTicket, cancellationToken);
        var check = new ConnectWiseCheck(_http, cancellationToken);
        foreach (var (setting, route) in _routes.All)
        {
            if (await check.LookAsync(setting, route) is { } numbers)
            {
                _numbers.Keep(route, numbers);
            }
        }

        return check.Problems;
    }

    public async Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken)
    {
        // A reference of another ticketing system, used before, is no number.
        var known = search.Known is { } reference && reference.All(char.IsAsciiDigit) ? await ReadAsync(reference, cancellationToken) : null;
        return new TicketingOutcome.Done(
            known is { IsOpen: true } && known.Key == search.Key ? known.Id : await SeekAsync(search.Key, cancellationToken));
    }

    public async Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken)
    {
        var request = ConnectWiseRequests.Create(message, _numbers.Of(message.Route));
        var answer = await _http.SendAsync(request, cancellationToken);
        var created = ConnectWiseAnswers.Ticket(answer) ?? throw _http.Unexpected(request, "it is not a ticket", answer.GetRawText());
        var stored = await ReadAsync(created.Id, cancellationToken)
            ?? throw _http.Unexpected(ConnectWiseRequests.Read(created.Id), "the ticket that was just opened is not there");
        return stored.Key == message.Key
            ? new TicketingOutcome.Done(stored.Id)
            : throw _http.Refused(
                request,
                $"ticket {stored.Id} was opened, but ConnectWise did not keep its key: {ConnectWiseRequests.KeyField} should hold '{message.Key}'. "
                + "See which workflow rule or integration changes the field, then close the ticket or write the key into it, and send again.",
                answer.GetRawText());
    }

    public async Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken)
    {
        for (var page = 1; ; page++)
        {
            var request = ConnectWiseRequests.Notes(reference, page);
            if (await _http.FindAsync(request, cancellationToken) is not { } answer)
            {
                return new TicketingOutcome.Done(null);
            }

            var notes = ConnectWiseAnswers.Records(answer) ?? throw _http.Unexpected(request, "it is not a list of notes", answer.GetRawText());
            if (notes.Any(note => note.Text("text")?.Contains(message.Mark, StringComparison.Ordinal) == true))
            {
                return new TicketingOutcome.Done(reference);
            }

            if (notes.Count < ConnectWiseRequests.PageSize)
            {
                return new TicketingOutcome.Done(null);
            }
        }
    }

    public async Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
        await _http.FindAsync(ConnectWiseRequests.AddNote(reference, message, _options.Notes), cancellationToken) is null
            ? TicketingOutcome.Deleted(reference)
            : new TicketingOutcome.Done(reference);

    public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note)
    {
        const string Reference = "NUMBER";
        yield return _http.Prepare("Before each firing: is there an open ticket?", ConnectWiseRequests.Find(ticket.Key, 1));
        yield return _http.Prepare("First firing: open a ticket", ConnectWiseRequests.Create(ticket, RouteNumbers.ToShow(ticket.Route)));
        yield return _http.Prepare("Next firing: add a note to it", ConnectWiseRequests.AddNote(Reference, note, _options.Notes));
    }

    private async Task<string?> SeekAsync(string key, CancellationToken cancellationToken)
    {
        for (var page = 1; ; page++)
        {
            var request = ConnectWiseRequests.Find(key, page);
            var answer = await _http.SendAsync(request, cancellationToken);
            var tickets = ConnectWiseAnswers.Records(answer)?.Select(record => ConnectWiseAnswers.Ticket(record)!).ToList()
                ?? throw _http.Unexpected(request, "it is not a list of tickets", answer.GetRawText());
            if (tickets.Find(ticket => ticket.Key != key) is { } stranger)
            {
                throw _http.Unexpected(
                    request,
                    $"ticket {stranger.Id} was found, whose {ConnectWiseRequests.KeyField} is not '{key}'. Without a search by that field every "
                    + "firing could open a ticket or write into somebody else's. Ask ConnectWise whether the API's conditions are honoured");
            }

            if (tickets.Find(ticket => ticket.IsOpen) is { } open)
            {
                return open.Id;
            }

            if (tickets.Count < ConnectWiseRequests.PageSize)
            {
                return null;
            }
        }
    }

    private async Task<ConnectWiseTicket?> ReadAsync(string reference, CancellationToken cancellationToken)
    {
        var request = ConnectWiseRequests.Read(reference);
        return await _http.FindAsync(request, cancellationToken) is { } answer
            ? ConnectWiseAnswers.Ticket(answer) ?? throw _http.Unexpected(request, "it is not a ticket", answer.GetRawText())
            : null;
    }
}
