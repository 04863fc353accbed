using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

/// <summary>How many tickets are open.</summary>
internal sealed class BuiltInMetrics
{
    public BuiltInMetrics(Meter meter, IDbContextFactory<ReceiverDatabase> databases) => meter.CreateDatabaseGauge(
        databases,
        "smb1.tickets.open",
        "{ticket}",
        "Open tickets of the built-in ticketing system.",
        database => database.Tickets.Count(ticket => ticket.ClosedAt == null));
}
