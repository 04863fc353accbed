using Smb1Exporter.TicketReceiver.Ticketing.Http;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>Tickets in a table of ServiceNow, through its Table API.</summary>
internal sealed class ServiceNowTicketingSystem : ITicketingSystem
{
    private readonly ServiceNowOptions _options;
    private readonly CustomerRoutes _routes;
    private readonly ServiceNowRequests _requests;
    private readonly TicketHttpClient _http;
    private readonly ServiceNowTickets _tickets;
    private readonly ResolvedRoutes<ServiceNowRoute> _resolved = new();

    public ServiceNowTicketingSystem(ServiceNowOptions options, TicketingContext context)
    {
        const string System = "ServiceNow";
        _options = options;
        _routes = context.Routes;
        _requests = new ServiceNowRequests(options);
        _http = ServiceNowSignIn.Connect(options, context, System);
        _tickets = new ServiceNowTickets(options, _requests, _http);
        Name = $"{System} at {options.Url!.AbsoluteUri.TrimEnd('/')}";
    }

    public string Name { get; }

    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>(await new ServiceNowCheck(_options, _requests, _tickets).RunAsync(cancellationToken));
        var directory = new ServiceNowDirectory(_tickets, problems);
        await _resolved.FindAllAsync(_routes, (setting, route) => directory.ResolveAsync(setting, route, cancellationToken));
        return problems;
    }

    public async Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken)
    {
        if (search.Known is { } known
            && await _tickets.ReadAsync(known, cancellationToken) is { } ticket
            && _tickets.Carries(ticket, search.Key)
            && _tickets.IsOpen(ticket))
        {
            return new TicketingOutcome.Done(known);
        }

        return new TicketingOutcome.Done(await _tickets.SearchAsync(search.Key, cancellationToken));
    }

    public async Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken)
    {
        var request = _requests.Create(message, await ResolveAsync(message.Route, cancellationToken));
        var answer = await _http.SendAsync(request, cancellationToken);
        if (ServiceNowAnswers.Record(answer) is not { } opened || ServiceNowAnswers.Text(opened, "sys_id") is not { Length: > 0 } sysId)
        {
            throw _http.Unexpected(request, "it names no ticket", answer.GetRawText());
        }

        var reference = ServiceNowAnswers.Reference(opened)!;
        if (await _tickets.ReadAsync(sysId, cancellationToken) is not { } written)
        {
            throw _http.Unexpected(request, $"ticket {reference} was opened, and cannot be read. Let the account read the table");
        }

        return _tickets.Carries(written, message.Key)
            ? new TicketingOutcome.Done(reference)
            : throw _http.Refused(
                request,
                $"ticket {reference} was opened without its key, because field {_options.KeyField} dropped it or cut it. "
                + "Set Receiver:ServiceNow:KeyField to a text column that the account may write and that holds 49 characters, close that ticket, and send this again.",
                written.GetRawText());
    }

    public async Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken)
    {
        if (await SysIdAsync(reference, cancellationToken) is not { } sysId
            || await _http.FindAsync(_requests.Notes(sysId), cancellationToken) is not { } answer)
        {
            return new TicketingOutcome.Done(null);
        }

        // A note that cannot be read must not be added again.
        var notes = ServiceNowAnswers.Record(answer) is { } ticket ? ServiceNowAnswers.Text(ticket, _requests.NoteField) : null;
        return notes is null
            ? throw _http.Unexpected(_requests.Notes(sysId), $"it shows no field {_requests.NoteField}. Let the account read it, for example with the role itil")
            : new TicketingOutcome.Done(notes.Contains(message.Mark, StringComparison.Ordinal) ? reference : null);
    }

    public async Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken)
    {
        if (await SysIdAsync(reference, cancellationToken) is not { } sysId
            || await _http.FindAsync(_requests.AddNote(sysId, message), cancellationToken) is not { } answer)
        {
            return TicketingOutcome.Deleted(reference);
        }

        return ServiceNowAnswers.Record(answer) is not null
            ? new TicketingOutcome.Done(reference)
            : throw _http.Unexpected(_requests.AddNote(sysId, message), "it holds no record", answer.GetRawText());
    }

    public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note)
    {
        const string SysId = "00000000000000000000000000000000";
        yield return _http.Prepare("Is there an open ticket?", _requests.Search(ticket.Key, 0));
        yield return _http.Prepare("If not: a ticket", _requests.Create(ticket, ServiceNowRoute.Unresolved(ticket.Route)));
        yield return _http.Prepare("Read back", _requests.Read(SysId));
        yield return _http.Prepare("If there is: a note on it", _requests.AddNote(SysId, note));
    }

    private async Task<string?> SysIdAsync(string reference, CancellationToken cancellationToken) => ServiceNowRoute.IsSysId(reference)
        ? reference
        : await _tickets.ReadAsync(reference, cancellationToken) is { } ticket ? ServiceNowAnswers.Text(ticket, "sys_id") : null;

    private Task<ServiceNowRoute> ResolveAsync(TicketRoute route, CancellationToken cancellationToken) => _resolved.OfAsync(
        route, (setting, problems) => new ServiceNowDirectory(_tickets, problems).ResolveAsync(setting, route, cancellationToken));
}
