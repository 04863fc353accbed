using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Outbox;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Whether notifications can be taken now: the database can be read.</summary>
internal static class Readiness
{
    public static async Task<ContentHttpResult> CheckAsync(
        IDbContextFactory<ReceiverDatabase> databases, ReceiverOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            await database.Notifications.AnyAsync(cancellationToken);
            return TypedResults.Text("ready\n");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return TypedResults.Text(
                $"not ready: {options.Database} cannot be read: {e.GetBaseException().Message}\n",
                statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
