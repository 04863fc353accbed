namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>Turns names of the configuration into sys_ids, and finds what is not there.</summary>
/// <param name="tickets">Asks.</param>
/// <param name="problems">Gets what is wrong.</param>
internal sealed class ServiceNowDirectory(ServiceNowTickets tickets, ICollection<string> problems)
{
    private static readonly string[] ByName = ["name"];
    private static readonly string[] ByUser = ["user_name", "email", "name"];

    /// <summary>The route in sys_ids; null when a part of it is not there, which is then among the problems.</summary>
    public async Task<ServiceNowRoute?> ResolveAsync(string setting, TicketRoute route, CancellationToken cancellationToken)
    {
        var before = problems.Count;
        var company = await FindAsync(setting, nameof(route.Company), "core_company", ByName, route.Company, cancellationToken);
        var group = await FindAsync(setting, nameof(route.Queue), "sys_user_group", ByName, route.Queue, cancellationToken);
        var caller = await FindAsync(setting, nameof(route.Contact), "sys_user", ByUser, route.Contact, cancellationToken);
        var priority = route.Priority is null ? null : ServiceNowPriority.Parse(route.Priority);
        if (route.Priority is not null && priority is null)
        {
            problems.Add($"{setting}: Priority '{route.Priority}' is not {ServiceNowPriority.Expected}. Correct it.");
        }

        return problems.Count > before ? null : new ServiceNowRoute(company, group, caller, priority);
    }

    private async Task<string?> FindAsync(
        string setting, string part, string table, string[] columns, string? value, CancellationToken cancellationToken)
    {
        if (value is null)
        {
            return null;
        }

        if (!EncodedQuery.Allows(value))
        {
            problems.Add($"{setting}: {part} '{value}' cannot be asked for: ServiceNow takes a part of it for a query. Set its sys_id instead.");
            return null;
        }

        var isSysId = ServiceNowRoute.IsSysId(value);
        columns = isSysId ? ["sys_id"] : columns;
        var records = await tickets.RecordsAsync(ServiceNowRequests.Named(table, columns, value), cancellationToken);
        List<string> found =
        [
            .. records
                .Where(record => columns.Any(column => value.Equals(ServiceNowAnswers.Text(record, column), StringComparison.OrdinalIgnoreCase)))
                .Select(record => ServiceNowAnswers.Text(record, "sys_id"))
                .OfType<string>()
                .Distinct(),
        ];
        if (found.Count == 1)
        {
            return found[0];
        }

        problems.Add(found.Count == 0
            ? $"{setting}: {part} '{value}': ServiceNow shows no such record in {table}. Correct it, or let the account read that table."
            : $"{setting}: {part} '{value}': ServiceNow shows more than one such record in {table} ({string.Join(", ", found)}). Set the sys_id instead.");
        return null;
    }
}
