using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>Finds tickets, and trusts no answer without a look at it.</summary>
internal sealed class ServiceNowTickets(ServiceNowOptions options, ServiceNowRequests requests, TicketHttpClient http)
{
    /// <summary>Whether a ticket carries the key.</summary>
    public bool Carries(JsonElement ticket, string key) => ServiceNowAnswers.Text(ticket, options.KeyField) == key;

    /// <summary>Whether a ticket is open. A resolved incident is still active, but no technician looks at it.</summary>
    public bool IsOpen(JsonElement ticket) =>
        ServiceNowAnswers.Text(ticket, "active") == "true" && ServiceNowAnswers.Text(ticket, "state") is { } state && !options.ClosedStates.Contains(state);

    /// <summary>A ticket by its number or sys_id; null when it is not there.</summary>
    public async Task<JsonElement?> ReadAsync(string reference, CancellationToken cancellationToken)
    {
        // Only references of ServiceNow can be asked for, not those of a system used before.
        if (!reference.All(char.IsAsciiLetterOrDigit) || reference.Length == 0)
        {
            return null;
        }

        var records = await RecordsAsync(requests.Read(reference), cancellationToken);
        var ticket = records.Where(record => IsReference(record, reference)).Take(2).ToList();
        return ticket.Count == 1 ? ticket[0] : null;
    }

    /// <summary>The oldest open ticket that carries the key; null when there is none.</summary>
    public async Task<string?> SearchAsync(string key, CancellationToken cancellationToken)
    {
        for (var page = 0; ; page++)
        {
            var request = requests.Search(key, page);
            var records = await RecordsAsync(request, cancellationToken);
            if (records.Any(record => !Carries(record, key)))
            {
                throw http.Unexpected(
                    request,
                    $"it holds tickets whose field {options.KeyField} does not have the key. ServiceNow ignores a field that is not there or must not be read "
                    + "(Receiver:ServiceNow:KeyField). None of these tickets is touched");
            }

            if (records.Where(IsOpen).Select(ServiceNowAnswers.Reference).OfType<string>().FirstOrDefault() is { } reference)
            {
                return reference;
            }

            if (records.Count < ServiceNowRequests.PageSize)
            {
                return null;
            }
        }
    }

    /// <summary>The records of a list.</summary>
    public async Task<IReadOnlyList<JsonElement>> RecordsAsync(TicketRequest request, CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(request, cancellationToken);
        return ServiceNowAnswers.Records(answer) ?? throw http.Unexpected(request, "it holds no list of records", answer.GetRawText());
    }

    private static bool IsReference(JsonElement record, string reference) =>
        ServiceNowAnswers.Text(record, "sys_id") == reference || ServiceNowAnswers.Text(record, "number") == reference;
}
