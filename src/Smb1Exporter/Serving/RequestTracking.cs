namespace Smb1Exporter.Serving;

/// <summary>Tells the <see cref="ConnectionTable"/> which connections are busy with a request, so that one that waits makes way first.</summary>
internal sealed class RequestTracking(RequestDelegate next, ConnectionTable connections)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var connection = context.Features.Get<OpenConnection>();
        if (connection is null)
        {
            await next(context);
            return;
        }

        connections.Update(connection, isBusy: true);
        try
        {
            await next(context);
        }
        finally
        {
            connections.Update(connection, isBusy: false);
        }
    }
}
