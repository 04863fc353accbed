using Smb1Exporter.TicketReceiver.Access;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Storage;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Settings; section <c>Receiver</c>. Fixed from the start of the program to its end.</summary>
/// <param name="Database">Where outbox and built-in tickets are kept.</param>
/// <param name="Access">Who is let in.</param>
/// <param name="Ticketing">What holds for whichever ticketing system is in use.</param>
/// <param name="System">The settings of that system.</param>
/// <param name="Delivery">How notifications are delivered.</param>
/// <param name="Composing">What a ticket says.</param>
/// <param name="Alerts">What Alertmanager sends.</param>
/// <param name="Outbox">How long the outbox remembers notifications.</param>
/// <param name="Secrets">All secrets that are set.</param>
internal sealed record ReceiverOptions(
    DatabaseLocation Database,
    AccessOptions Access,
    TicketingOptions Ticketing,
    ITicketingSystemOptions System,
    DeliveryOptions Delivery,
    ComposingOptions Composing,
    AlertsOptions Alerts,
    OutboxOptions Outbox,
    IReadOnlyList<Secret> Secrets);
