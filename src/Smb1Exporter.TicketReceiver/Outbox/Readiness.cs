using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>Whether notifications can be taken now: the database can be read.</summary>
internal static class Readiness
{
    public static async Task<ContentHttpResult> CheckAsync(
        DatabaseAccess databases, CancellationToken cancellationToken)
    {
        try
        {
            await databases.ReadAsync(database => database.Notifications.AnyAsync(cancellationToken), cancellationToken);
            return TypedResults.Text("ready\n");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return TypedResults.Text(
                $"not ready: {databases.Name} cannot be read: {databases.Explain(e)}\n",
                statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
