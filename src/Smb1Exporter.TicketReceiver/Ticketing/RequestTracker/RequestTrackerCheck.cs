using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.RequestTracker;

/// <summary>Asks Request Tracker for all that deliveries need.</summary>
internal sealed class RequestTrackerCheck(TicketHttpClient http, RequestTrackerRequests requests, string keyField, CustomerRoutes routes)
{
    private const string KeySetting = "Receiver:RequestTracker:KeyField";
    private const string Everywhere = "Admin, Custom Fields, Applies to";

    private readonly List<string> _problems = [];

    // One field has one id; two fields of the same name, each in a queue of its own, have two.
    private readonly HashSet<string> _fieldIds = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        var version = RequestTrackerRequests.Version();
        var answer = await http.SendAsync(version, cancellationToken);
        if (RequestTrackerAnswers.Text(answer, "Version") is null)
        {
            throw http.Unexpected(version, "it names no version of Request Tracker", answer.ToString());
        }

        var fields = await http.SendAsync(requests.Fields(), cancellationToken);
        var visible = RequestTrackerAnswers.List(fields, "items").ToList();
        foreach (var queue in routes.All.GroupBy(pair => pair.Route.Queue!, StringComparer.OrdinalIgnoreCase))
        {
            await CheckQueueAsync(queue.Key, string.Join(", ", queue.Select(pair => pair.Setting)), visible.Count > 0, cancellationToken);
        }

        CheckField(visible);
        foreach (var (setting, route) in routes.All)
        {
            CheckPriority(setting, route.Priority);
            await CheckContactAsync(setting, route.Contact, cancellationToken);
        }

        return [.. _problems.Distinct()];
    }

    private async Task CheckQueueAsync(string name, string settings, bool fieldIsSeen, CancellationToken cancellationToken)
    {
        if (await http.FindAsync(RequestTrackerRequests.Queue(name), cancellationToken, HttpStatusCode.Forbidden) is not { } queue)
        {
            _problems.Add(
                $"{settings}: queue '{name}' does not exist, or the account may not see it. Correct Queue (its number where the name holds a slash), or grant the account SeeQueue.");
            return;
        }

        if (RequestTrackerAnswers.Text(queue, "Disabled") is "1")
        {
            _problems.Add($"{settings}: queue '{name}' is disabled. Enable it, or name another as Queue.");
        }

        if (!RequestTrackerAnswers.Allows(queue, "create"))
        {
            _problems.Add($"{settings}: the account may not open tickets in queue '{name}'. Grant it CreateTicket there.");
        }

        CheckFieldIn(queue, name, fieldIsSeen);
        await CheckCommentsAsync(name, settings, cancellationToken);
    }

    private void CheckFieldIn(JsonElement queue, string name, bool fieldIsSeen)
    {
        var ids = RequestTrackerAnswers.List(queue, "TicketCustomFields")
            .Where(field => RequestTrackerAnswers.Text(field, "name") == keyField)
            .Select(field => RequestTrackerAnswers.Text(field, "id") ?? "")
            .ToList();
        _fieldIds.UnionWith(ids);
        if (ids.Count == 0)
        {
            _problems.Add(fieldIsSeen
                ? $"{KeySetting}: custom field '{keyField}' does not apply to queue '{name}'. Apply it to all queues ({Everywhere}); its name is written exactly so."
                : $"{KeySetting}: there is no custom field '{keyField}' for tickets, or the account may not see it. Create it as 'Enter one value' for all queues, and grant the account SeeCustomField on it.");
        }
    }

    /// <summary>What the account may do to tickets is told by a ticket only, and the account surely opened its own.</summary>
    private async Task CheckCommentsAsync(string name, string settings, CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(RequestTrackerRequests.OwnTicket(name), cancellationToken);
        if (RequestTrackerAnswers.List(answer, "items").Any(ticket => !RequestTrackerAnswers.Allows(ticket, "comment")))
        {
            _problems.Add($"{settings}: the account may not comment on tickets in queue '{name}'. Grant it CommentOnTicket there.");
        }
    }

    private void CheckField(List<JsonElement> visible)
    {
        if (visible.Count > 1 || _fieldIds.Count > 1)
        {
            _problems.Add(
                $"{KeySetting}: there are several custom fields '{keyField}' for tickets, and a search takes only one. Keep one of them, applied to all queues ({Everywhere}), and rename the others.");
        }
        else if (visible is [var field] && (RequestTrackerAnswers.Text(field, "Type") is not "Freeform" || RequestTrackerAnswers.Text(field, "MaxValues") is not "1"))
        {
            _problems.Add($"{KeySetting}: custom field '{keyField}' is of another type than 'Enter one value'. Change its type, or name another field.");
        }
    }

    // Request Tracker keeps any text as a priority, and tells nobody.
    private void CheckPriority(string setting, string? priority)
    {
        if (priority is not null && !ushort.TryParse(priority, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            _problems.Add($"{setting}: Priority '{priority}' is not a whole number. Set the number that Request Tracker keeps (usually Low is 0, Medium 50, High 100).");
        }
    }

    // An address that is new becomes a user; a name that is unknown is dropped, and nobody is told.
    private async Task CheckContactAsync(string setting, string? contacts, CancellationToken cancellationToken)
    {
        foreach (var contact in contacts?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var isKnown = contact.Contains('@', StringComparison.Ordinal)
                ? MailAddress.TryCreate(contact, out _)
                : await http.FindAsync(RequestTrackerRequests.User(contact), cancellationToken, HttpStatusCode.Forbidden) is not null;
            if (!isKnown)
            {
                _problems.Add($"{setting}: Contact '{contact}' is neither a mail address nor a user of Request Tracker. Correct or remove it.");
            }
        }
    }
}
