using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>What waits in the outbox, and whether it can be delivered.</summary>
internal sealed class OutboxMetrics
{
    public OutboxMetrics(Meter meter, IDbContextFactory<ReceiverDatabase> databases, TicketingCheck check)
    {
        meter.CreateDatabaseGauge(
            databases,
            "smb1.ticket.outbox.pending",
            "{notification}",
            "Notifications not yet delivered to the ticketing system.",
            database => database.Notifications.Count(row => row.State == DeliveryState.Pending));
        meter.CreateDatabaseGauge(
            databases,
            "smb1.ticket.outbox.oldest.timestamp",
            "s",
            "When the oldest notification not yet delivered was received; 0 when there is none.",
            database => database.Notifications.Where(row => row.State == DeliveryState.Pending)
                .OrderBy(row => row.ReceivedAt)
                .Select(row => (DateTimeOffset?)row.ReceivedAt)
                .FirstOrDefault()
                ?.ToUnixTimeSeconds() ?? 0);
        meter.CreateDatabaseGauge(
            databases,
            "smb1.ticket.deliveries.set_aside",
            "{notification}",
            "Notifications that the ticketing system refused and that wait for a person.",
            database => database.Notifications.Count(row => row.State == DeliveryState.SetAside));
        meter.CreateObservableGauge(
            "smb1.ticket.system.usable",
            () => check.IsUsable ? 1 : 0,
            description: "1 when the ticketing system was found to have all that deliveries need; 0 while it was not, or not yet.");
    }
}
