using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Autotask;

/// <summary>One look at whether Autotask has all that settings and routes name.</summary>
internal sealed class AutotaskCheck(AutotaskHttp http, AutotaskOptions options, CancellationToken cancellationToken)
{
    private const int LongestKey = 49;

    private readonly Dictionary<string, IReadOnlyList<JsonElement>> _asked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private AutotaskFields? _tickets;

    /// <summary>What is missing, each told once.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>What the settings name; null when some of it is missing.</summary>
    public async Task<AutotaskSetup?> LookAsync()
    {
        _tickets = await http.FieldsAsync(AutotaskRequests.Tickets, cancellationToken);
        var notes = await http.FieldsAsync(AutotaskRequests.TicketNotes, cancellationToken);
        LookAtKeyField();
        var newStatus = Pick(Setting(nameof(options.NewStatus)), _tickets, "status", options.NewStatus);
        var closed = options.ClosedStatuses.Select(status => Pick(Setting(nameof(options.ClosedStatuses)), _tickets, "status", status)).ToList();
        var noteType = Pick(Setting(nameof(options.NoteType)), notes, "noteType", options.NoteType);
        var publish = options.NotePublish is { } named
            ? Pick(Setting(nameof(options.NotePublish)), notes, "publish", named)
            : InternalOf(notes);
        if (newStatus is { } status && closed.Contains(status))
        {
            Tell($"{Setting(nameof(options.NewStatus))}: '{options.NewStatus}' is one of ClosedStatuses, so that every firing would open a ticket. Set another status.");
        }

        return _problems.Count > 0
            ? null
            : new AutotaskSetup(
                newStatus!.Value,
                [.. closed.Select(number => (JsonNode)number!.Value)],
                noteType!.Value,
                publish!.Value,
                _tickets.LengthOf("title", AutotaskFields.TitleLength),
                _tickets.LengthOf("description", AutotaskFields.DescriptionLength),
                notes.LengthOf("title", AutotaskFields.NoteTitleLength),
                notes.LengthOf("description", AutotaskFields.NoteLength));
    }

    /// <summary>The numbers of a route's parts; null when one is missing, which is added to <see cref="Problems"/>. After <see cref="LookAsync()"/>.</summary>
    public async Task<IReadOnlyDictionary<RouteParts, long>?> LookAsync(string setting, TicketRoute route)
    {
        var numbers = new Dictionary<RouteParts, long?>();
        if (route.Company is { } company)
        {
            numbers[RouteParts.Company] = await CompanyAsync(setting, company);
        }

        if (route.Contact is { } contact && numbers.GetValueOrDefault(RouteParts.Company) is { } owner)
        {
            numbers[RouteParts.Contact] = await ContactAsync(setting, contact, owner);
        }

        if (route.Queue is { } queue)
        {
            numbers[RouteParts.Queue] = Pick($"{setting}, Queue", _tickets!, "queueID", queue);
        }

        if (route.Priority is { } priority)
        {
            numbers[RouteParts.Priority] = Pick($"{setting}, Priority", _tickets!, "priority", priority);
        }

        return numbers.Values.All(number => number is not null) ? numbers.ToDictionary(pair => pair.Key, pair => pair.Value!.Value) : null;
    }

    private void LookAtKeyField()
    {
        const string Remedy = "Let the security level of the API user see and set the field External ID of tickets.";
        switch (_tickets!.Find(AutotaskRequests.KeyField))
        {
            case null:
                Tell($"Tickets have no field {AutotaskRequests.KeyField}, which should hold the key by which a ticket is found again. {Remedy}");
                break;
            case { IsReadOnly: true } or { IsQueryable: false }:
                Tell($"The field {AutotaskRequests.KeyField} of tickets, which should hold the key by which a ticket is found again, cannot be set or searched. {Remedy}");
                break;
            case { Length: > 0 and < LongestKey } field:
                Tell($"The field {AutotaskRequests.KeyField} of tickets holds {field.Length} characters; the key needs {LongestKey}.");
                break;
        }
    }

    private async Task<long?> CompanyAsync(string setting, string value)
    {
        var found = (await AskAsync(AutotaskRequests.Company(value)))
            .Where(company => AutotaskRequests.NumberOf(value) is { } number
                ? company.Number("id") == number
                : TicketRoute.Means(value, company.Text("companyName")))
            .ToList();
        return One($"{setting}, Company", value, found, "is no company in Autotask. Set it to the company's name or ID.");
    }

    private async Task<long?> ContactAsync(string setting, string value, long company)
    {
        var found = (await AskAsync(AutotaskRequests.Contact(value, company)))
            .Where(contact => contact.Number("companyID") == company
                && (AutotaskRequests.NumberOf(value) is { } number
                    ? contact.Number("id") == number
                    : TicketRoute.Means(value, contact.Text("emailAddress"))))
            .ToList();
        return One(
            $"{setting}, Contact",
            value,
            found,
            $"is no contact of company {company.ToString(CultureInfo.InvariantCulture)}. Set it to the mail address or ID of a contact of the route's company.");
    }

    private long? One(string setting, string value, List<JsonElement> found, string remedy)
    {
        switch (found)
        {
            case [var only] when AutotaskAnswers.IsTrueOrOne(only, "isActive"):
                return only.Number("id");
            case [_]:
                Tell($"{setting}: '{value}' is inactive in Autotask. Activate it there, or set another.");
                return null;
            case []:
                Tell($"{setting}: '{value}' {remedy}");
                return null;
            default:
                Tell($"{setting}: '{value}' could be any of {string.Join(", ", found.Select(item => item.Number("id")))}. Set it to one of these IDs.");
                return null;
        }
    }

    private long? Pick(string setting, AutotaskFields fields, string field, string value)
    {
        var items = fields.Find(field)?.Items ?? [];
        var number = AutotaskRequests.NumberOf(value);
        var found = items.Where(item => item.IsActive && TicketRoute.Means(value, item.Label)).ToList();
        var item = found.Count == 1 ? found[0] : items.FirstOrDefault(item => item.IsActive && item.Number == number);
        if (item is null)
        {
            Tell($"{setting}: '{value}' is no active choice of {field} in Autotask. Set it to one of {Choices(items)}.");
        }

        return item?.Number;
    }

    private long? InternalOf(AutotaskFields notes)
    {
        var items = notes.Find("publish")?.Items ?? [];
        var item = items.FirstOrDefault(item => item.IsActive && item.Label.StartsWith("Internal", StringComparison.OrdinalIgnoreCase));
        if (item is null)
        {
            Tell($"{Setting(nameof(options.NotePublish))}: is missing, and no choice of publish begins with Internal. Set it to who may see notes, one of {Choices(items)}.");
        }

        return item?.Number;
    }

    private async Task<IReadOnlyList<JsonElement>> AskAsync(TicketRequest request)
    {
        if (!_asked.TryGetValue(request.Path, out var items))
        {
            items = await http.ListAsync(request, cancellationToken).ToListAsync(cancellationToken);
            _asked[request.Path] = items;
        }

        return items;
    }

    private void Tell(string problem)
    {
        if (_told.Add(problem))
        {
            _problems.Add(problem);
        }
    }

    private static string Choices(IEnumerable<AutotaskItem> items) => string.Join(", ", items.Where(item => item.IsActive).Select(item => item.Label));

    private static string Setting(string key) => $"Receiver:{AutotaskOptions.Group}:{key}";
}
