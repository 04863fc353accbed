namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>A route in ServiceNow's sys_ids. For a preview, which asks nothing, names stand where those would.</summary>
/// <param name="Company">company; null leaves it empty.</param>
/// <param name="Group">assignment_group; null leaves it to the assignment rules.</param>
/// <param name="Caller">caller_id; null leaves it empty.</param>
/// <param name="Priority">Impact and urgency; null leaves them to the table's defaults.</param>
internal sealed record ServiceNowRoute(string? Company, string? Group, string? Caller, ServiceNowPriority? Priority)
{
    private const int SysIdDigits = 32;

    /// <summary>Without asking for sys_ids.</summary>
    public static ServiceNowRoute Unresolved(TicketRoute route) => new(
        Shown(route.Company), Shown(route.Queue), Shown(route.Contact), route.Priority is null ? null : ServiceNowPriority.Parse(route.Priority));

    /// <summary>Whether a text has the form of a sys_id.</summary>
    public static bool IsSysId(string text) => text.Length == SysIdDigits && text.All(char.IsAsciiHexDigitLower);

    private static string? Shown(string? value) => value is null || IsSysId(value) ? value : $"(sys_id of '{value}')";
}
