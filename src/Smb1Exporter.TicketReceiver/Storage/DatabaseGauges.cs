using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;

namespace Smb1Exporter.TicketReceiver.Storage;

/// <summary>Series whose values are read from the database at each scrape.</summary>
internal static class DatabaseGauges
{
    public static void CreateDatabaseGauge(
        this Meter meter,
        IDbContextFactory<ReceiverDatabase> databases,
        string name,
        string unit,
        string description,
        Func<ReceiverDatabase, long> read) => meter.CreateObservableGauge(
            name,
            () =>
            {
                using var database = databases.CreateDbContext();
                return read(database);
            },
            unit,
            description);
}
