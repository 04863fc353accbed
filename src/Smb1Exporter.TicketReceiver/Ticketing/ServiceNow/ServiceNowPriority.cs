namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>
/// What makes a priority. ServiceNow calculates an incident's priority from impact and urgency and does not let it be written
/// (ServiceNow documentation, "Priority lookup rules").
/// </summary>
/// <param name="Impact">1, high, to 3, low.</param>
/// <param name="Urgency">1, high, to 3, low.</param>
internal sealed record ServiceNowPriority(int Impact, int Urgency)
{
    /// <summary>What <see cref="Parse"/> takes, for messages.</summary>
    public const string Expected = "a priority from 1 to 5, or impact and urgency as 2/3";

    // The rules in an instance as delivered.
    private static readonly ServiceNowPriority[] ByPriority = [new(1, 1), new(2, 1), new(2, 2), new(2, 3), new(3, 3)];

    /// <summary>A priority as delivered instances calculate it, or impact and urgency themselves; null when it is neither.</summary>
    public static ServiceNowPriority? Parse(string text) => text.Split('/') switch
    {
        [{ Length: 1 } priority] when priority[0] is >= '1' and <= '5' => ByPriority[priority[0] - '1'],
        [{ Length: 1 } impact, { Length: 1 } urgency] when impact[0] is >= '1' and <= '3' && urgency[0] is >= '1' and <= '3' =>
            new ServiceNowPriority(impact[0] - '0', urgency[0] - '0'),
        _ => null,
    };
}
