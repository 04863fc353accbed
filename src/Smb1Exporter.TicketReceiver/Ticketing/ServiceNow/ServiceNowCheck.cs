using System.Text.Json;

namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>Finds out whether the table and the key's column can be used, without writing anything.</summary>
internal sealed class ServiceNowCheck(ServiceNowOptions options, ServiceNowRequests requests, ServiceNowTickets tickets)
{
    // No key: keys have digits only after their prefix.
    private const string HeldByNone = "smb1-check-which-no-ticket-holds";

    private const string KeyRemedy = "Name a text column of the table that holds at least 49 characters, and let the account read and write it.";

    /// <summary>What is wrong.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<JsonElement> strangers;
        try
        {
            strangers = await tickets.RecordsAsync(requests.Probe(HeldByNone), cancellationToken);
        }
        catch (TicketingException e) when (e.Outcome is TicketingOutcome.Refused)
        {
            return [$"Receiver:ServiceNow:Table '{options.Table}' cannot be read: {e.Message} Name a table that extends task."];
        }

        if (strangers.Count > 0)
        {
            return
            [
                $"Receiver:ServiceNow:KeyField '{options.KeyField}': ServiceNow ignores a condition on it, so it is no column of {options.Table} that the account may read. {KeyRemedy}",
            ];
        }

        return await tickets.RecordsAsync(requests.Sample(), cancellationToken) is [var sample, ..]
            ? Missing(sample)
            : await UndeclaredAsync(cancellationToken);
    }

    private List<string> Missing(JsonElement sample)
    {
        var problems = new List<string>();
        if (ServiceNowAnswers.Text(sample, options.KeyField) is null)
        {
            problems.Add($"Receiver:ServiceNow:KeyField '{options.KeyField}': ServiceNow shows no such column of {options.Table}. {KeyRemedy}");
        }

        problems.AddRange(new[] { "active", "state", requests.NoteField }
            .Where(column => ServiceNowAnswers.Text(sample, column) is null)
            .Select(column =>
                $"Receiver:ServiceNow:Table '{options.Table}': ServiceNow shows no column {column}. Let the account read it, for example with the role itil, or name a table that extends task."));
        return problems;
    }

    // Without a ticket to look at. An account that may not read the declarations gets none, which says nothing.
    private async Task<IReadOnlyList<string>> UndeclaredAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<JsonElement> declared;
        try
        {
            declared = await tickets.RecordsAsync(requests.Declarations(), cancellationToken);
        }
        catch (TicketingException)
        {
            return [];
        }

        var columns = declared.Select(record => ServiceNowAnswers.Text(record, "element")).ToList();
        return columns.Contains("number") && !columns.Contains(options.KeyField)
            ? [$"Receiver:ServiceNow:KeyField '{options.KeyField}': ServiceNow declares no such column of {options.Table}. {KeyRemedy}"]
            : [];
    }
}
