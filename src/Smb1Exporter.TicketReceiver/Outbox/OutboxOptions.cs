namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>Settings of how long the outbox remembers notifications.</summary>
internal sealed record OutboxOptions
{
    /// <summary>
    /// How long the page shows what became of a notification, once it is delivered or dropped. Not less than the duplicate window.
    /// Default: 7 days.
    /// </summary>
    public required TimeSpan KeepDeliveries { get; init; }

    /// <summary>
    /// How long a notification of the same content counts as the same one when its sender got no answer or another Alertmanager of a pair
    /// sends it too. Default: five minutes, which is less than Alertmanager's repeat_interval. Zero: never.
    /// </summary>
    public required TimeSpan DuplicateWindow { get; init; }

    /// <param name="reader">The section <c>Receiver</c>.</param>
    public static OutboxOptions Read(SectionReader reader) => new()
    {
        KeepDeliveries = reader.Duration(nameof(KeepDeliveries), TimeSpan.FromDays(7), TimeSpan.FromDays(1), TimeSpan.FromDays(3650)),
        DuplicateWindow = reader.Duration(nameof(DuplicateWindow), TimeSpan.FromMinutes(5), TimeSpan.Zero, TimeSpan.FromDays(1)),
    };
}
