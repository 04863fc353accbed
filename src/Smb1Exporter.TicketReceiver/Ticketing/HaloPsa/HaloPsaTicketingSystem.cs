using Smb1Exporter.TicketReceiver.Ticketing.Http;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.HaloPsa;

/// <summary>
/// Tickets in HaloPSA. The key stands in a custom field; it is sought with Halo's own fuzzy search, and each ticket that the search shows
/// counts only if the field holds exactly the key.
/// </summary>
internal sealed class HaloPsaTicketingSystem : ITicketingSystem
{
    private readonly HaloPsaOptions _options;
    private readonly CustomerRoutes _routes;
    private readonly HaloRequests _requests;
    private readonly TicketHttpClient _http;
    private readonly HaloTickets _tickets;
    private readonly ResolvedRoutes<HaloRoute> _resolved = new();
    private volatile string? _keyFieldId;

    public HaloPsaTicketingSystem(HaloPsaOptions options, TicketingContext context)
    {
        const string System = "HaloPSA";
        _options = options;
        _routes = context.Routes;
        _requests = new HaloRequests(options);
        var client = context.Http.CreateRaw(options.Url!);
        var signIn = new ClientCredentials(
            client, _requests.TokenPath, _requests.TokenForm, options.ClientSecret!, System, context.TimeProvider);
        _http = new TicketHttpClient(client, System, signIn.SignInAsync, signIn.RedactIn, context.TimeProvider, signIn.Forget);
        _tickets = new HaloTickets(options, _http);
        Name = $"{System} at {options.Url!.AbsoluteUri.TrimEnd('/')}";
    }

    public string Name { get; }

    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var directory = new HaloDirectory(_http, problems);
        _keyFieldId = await KeyFieldIdAsync(directory, cancellationToken);
        if (_keyFieldId is null)
        {
            problems.Add(
                $"Receiver:HaloPsa:KeyField '{_options.KeyField}': Halo shows no ticket custom field of that name. "
                + "Make one of type Text, set it searchable, add it to the ticket types, and set its name as it stands in Halo, CF included.");
        }
        else if (await _tickets.SearchWorksAsync(_keyFieldId, cancellationToken) == false)
        {
            problems.Add(
                $"Receiver:HaloPsa:KeyField '{_options.KeyField}': Halo's search does not show an open ticket by what this field holds. Set the field searchable in Halo.");
        }

        var statuses = await directory.ListAsync(HaloRequests.All("status"), cancellationToken);
        problems.AddRange(_options.ClosedStatuses
            .Where(closed => statuses.All(status => status.Number("id") != closed))
            .Select(closed => $"Receiver:HaloPsa:ClosedStatuses '{closed}': Halo shows no status of that number. List the numbers of the statuses in which a ticket is closed."));

        await _resolved.FindAllAsync(_routes, (setting, route) => directory.ResolveAsync(setting, route, cancellationToken));
        return problems;
    }

    public async Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken)
    {
        if (search.Known is { } known && await _tickets.IsOpenAsync(known, search.Key, cancellationToken))
        {
            return new TicketingOutcome.Done(known);
        }

        var field = _keyFieldId ??= await KeyFieldIdAsync(new HaloDirectory(_http, []), cancellationToken)
            ?? throw new TicketingException(new TicketingOutcome.RetryLater($"Halo shows no ticket custom field '{_options.KeyField}'."));
        return new TicketingOutcome.Done(await _tickets.SearchAsync(search.Key, field, cancellationToken));
    }

    public async Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken)
    {
        var request = _requests.Create(message, await ResolveAsync(message.Route, cancellationToken));
        var answer = await _http.SendAsync(request, cancellationToken);
        var id = HaloAnswers.Saved(answer) is { } saved ? HaloAnswers.Id(saved) : null;
        if (id is null)
        {
            throw _http.Unexpected(request, "it names no ticket", answer.GetRawText());
        }

        var written = await _http.SendAsync(HaloRequests.Read(id), cancellationToken);
        return _tickets.Carries(written, message.Key)
            ? new TicketingOutcome.Done(id)
            : throw _http.Refused(
                request,
                $"ticket {id} was opened without its key, because field {_options.KeyField} dropped it. "
                + "Add the field to the ticket type and let the API application write it, close that ticket, and send this again.",
                written.GetRawText());
    }

    public async Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
        new TicketingOutcome.Done(await _tickets.HasNoteAsync(reference, message.Mark, cancellationToken) ? reference : null);

    public async Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken)
    {
        var request = _requests.AddNote(reference, message);
        if (await _http.FindAsync(request, cancellationToken) is not { } answer)
        {
            return TicketingOutcome.Deleted(reference);
        }

        return HaloAnswers.Saved(answer) is { } saved && HaloAnswers.Id(saved) is not null
            ? new TicketingOutcome.Done(reference)
            : throw _http.Unexpected(request, "it names no action", answer.GetRawText());
    }

    public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note)
    {
        const string Number = "0";
        yield return _http.Prepare("Is there an open ticket?", HaloRequests.Search(ticket.Key, Number, 1));
        yield return _http.Prepare("If not: a ticket", _requests.Create(ticket, HaloRoute.Unresolved(ticket.Route)));
        yield return _http.Prepare("Read back", HaloRequests.Read(Number));
        yield return _http.Prepare("If there is: a note on it", _requests.AddNote(Number, note));
    }

    private async Task<string?> KeyFieldIdAsync(HaloDirectory directory, CancellationToken cancellationToken)
    {
        var fields = await directory.ListAsync(HaloRequests.Fields(), cancellationToken);
        return fields.Where(field => _options.KeyField.Equals(field.Text("name"), StringComparison.OrdinalIgnoreCase))
            .Select(HaloAnswers.Id)
            .FirstOrDefault();
    }

    private Task<HaloRoute> ResolveAsync(TicketRoute route, CancellationToken cancellationToken) => _resolved.OfAsync(
        route, (setting, problems) => new HaloDirectory(_http, problems).ResolveAsync(setting, route, cancellationToken));
}
