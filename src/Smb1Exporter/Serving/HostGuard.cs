namespace Smb1Exporter.Serving;

/// <summary>
/// Shows pages only to those who ask for this machine by an address or a name of its own. A web page of a stranger can have its own name
/// resolve to this machine (DNS rebinding), and would then read them in the browser of an administrator. Metrics and health name no host
/// that a browser protects, and are answered under any name, as load balancers and service discovery use.
/// </summary>
internal sealed class HostGuard(RequestDelegate next, OwnNames names, RefusalLog refusals)
{
    private const string Explanation =
        "This page is shown under the addresses and names of this machine only. Open it by its address, or add the name to the setting AllowedHosts.\n";

    public async Task InvokeAsync(HttpContext context)
    {
        if (IsOpen(context.Request.Path) || await names.ContainsAsync(context.Request.Host.Host, context.RequestAborted))
        {
            await next(context);
            return;
        }

        refusals.HostRefused(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        await context.Response.WriteAsync(Explanation, context.RequestAborted);
    }

    private static bool IsOpen(PathString path) => path.StartsWithSegments("/-") || path.Equals("/metrics", StringComparison.OrdinalIgnoreCase);
}
