using Smb1Exporter.TicketReceiver.Ticketing.Http;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.Autotask;

/// <summary>Tickets in Datto Autotask PSA, through its REST API 1.0.</summary>
internal sealed class AutotaskTicketingSystem : ITicketingSystem
{
    private readonly AutotaskOptions _options;
    private readonly CustomerRoutes _routes;
    private readonly TimeProvider _timeProvider;
    private readonly AutotaskHttp _http;
    private readonly RouteNumbers _numbers = new();
    private volatile AutotaskSetup? _setup;

    public AutotaskTicketingSystem(AutotaskOptions options, TicketingContext context)
    {
        _options = options;
        _routes = context.Routes;
        _timeProvider = context.TimeProvider;
        _http = new AutotaskHttp(options, Name, context.Http);
    }

    public string Name => $"Autotask at {_options.Url!.Authority}";

    private AutotaskSetup Setup => _setup
        ?? throw new TicketingException(new TicketingOutcome.RetryLater($"{Name} was not asked yet for the statuses and note types of the settings."));

    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var check = new AutotaskCheck(_http, _options, cancellationToken);
        _setup = await check.LookAsync() ?? _setup;
        foreach (var (setting, route) in _routes.All)
        {
            if (await check.LookAsync(setting, route) is { } numbers)
            {
                _numbers.Keep(route, numbers);
            }
        }

        if (_setup is not null)
        {
            // No server has this key; what is found with it shows that the search does not work.
            await SeekAsync("smb1-check", cancellationToken);
        }

        return check.Problems;
    }

    public async Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken)
    {
        // A reference of another ticketing system, used before, is no number.
        var known = search.Known is { } reference && reference.All(char.IsAsciiDigit) ? await _http.ReadAsync(reference, cancellationToken) : null;
        return new TicketingOutcome.Done(
            known is not null && known.Key == search.Key && IsOpen(known) ? known.Reference : await SeekAsync(search.Key, cancellationToken));
    }

    public async Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken)
    {
        var request = AutotaskRequests.Create(message, _numbers.Of(message.Route), Setup, _timeProvider.GetUtcNow() + _options.DueIn);
        var id = await _http.MakeAsync(request, cancellationToken) ?? throw _http.Unexpected(request, "404 NotFound. Check Url");
        var made = new AutotaskTicket(id, message.Key, null);
        var stored = await _http.ReadAsync(made.Reference, cancellationToken)
            ?? throw _http.Unexpected(AutotaskRequests.Read(made.Reference), "the ticket that was just opened is not there");
        return stored.Key == message.Key
            ? new TicketingOutcome.Done(stored.Reference)
            : throw _http.Refused(
                request,
                $"the ticket with ID {stored.Reference} was opened, but Autotask did not keep its key: {AutotaskRequests.KeyField} should hold '{message.Key}'. "
                + "Let the security level of the API user set the field, then complete the ticket, and send again.");
    }

    // Of a ticket that does not exist Autotask lists no notes.
    public async Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
        new TicketingOutcome.Done(await _http.ListAsync(AutotaskRequests.Notes(reference), cancellationToken).AnyAsync(
            note => note.Text("description")?.Contains(message.Mark, StringComparison.Ordinal) == true, cancellationToken)
                ? reference
                : null);

    public async Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken)
    {
        try
        {
            if (await _http.MakeAsync(AutotaskRequests.AddNote(reference, message, Setup), cancellationToken) is not null)
            {
                return new TicketingOutcome.Done(reference);
            }
        }
        catch (TicketingException e) when (e.Outcome is TicketingOutcome.Refused)
        {
            // A ticket that does not exist is one error among others.
            if (await _http.ReadAsync(reference, cancellationToken) is not null)
            {
                throw;
            }
        }

        return TicketingOutcome.Deleted(reference);
    }

    public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note)
    {
        const string Reference = "NUMBER";
        var setup = AutotaskSetup.ToShow(_options);
        yield return _http.Prepare("Before each firing: is there an open ticket?", AutotaskRequests.Find(ticket.Key, setup.ClosedStatuses));
        yield return _http.Prepare(
            "First firing: open a ticket",
            AutotaskRequests.Create(ticket, RouteNumbers.ToShow(ticket.Route), setup, _timeProvider.GetUtcNow() + _options.DueIn));
        yield return _http.Prepare("Next firing: add a note to it", AutotaskRequests.AddNote(Reference, note, setup));
    }

    private bool IsOpen(AutotaskTicket ticket) => ticket.Status is { } status && !Setup.IsClosed(status);

    private async Task<string?> SeekAsync(string key, CancellationToken cancellationToken)
    {
        var request = AutotaskRequests.Find(key, Setup.ClosedStatuses);
        AutotaskTicket? oldest = null;
        await foreach (var item in _http.ListAsync(request, cancellationToken))
        {
            var ticket = AutotaskAnswers.Ticket(item) ?? throw _http.Unexpected(request, "it is not a list of tickets", item);
            if (ticket.Key != key)
            {
                throw _http.Unexpected(
                    request,
                    $"the ticket with ID {ticket.Reference} was found, whose {AutotaskRequests.KeyField} is not '{key}'. Without a search by that field "
                    + "every firing could open a ticket or write into somebody else's. Let the security level of the API user see the field");
            }

            oldest = IsOpen(ticket) && (oldest is null || ticket.Id < oldest.Id) ? ticket : oldest;
        }

        return oldest?.Reference;
    }
}
