using System.Net;
using System.Text;
using Smb1Exporter.TicketReceiver.Alerts;

namespace Smb1Exporter.TicketReceiver.Access;

/// <summary>
/// Lets in who shows the token; without a token, only what is meant for this machine. Health and metrics are open: they name nobody.
/// </summary>
internal sealed class AccessGuard(RequestDelegate next, AccessToken token, RefusalWriter refusals)
{
    private const string BasicPrefix = "Basic ";
    private const string BearerPrefix = "Bearer ";

    private static readonly string[] Challenges =
        ["Bearer realm=\"smb1-ticket-receiver\"", "Basic realm=\"smb1-ticket-receiver\", charset=\"UTF-8\""];

    public async Task InvokeAsync(HttpContext context)
    {
        if (IsOpen(context.Request.Path))
        {
            await next(context);
            return;
        }

        if (!IsFromOwnPages(context.Request))
        {
            await refusals.WriteAsync(context, RefusalReason.Forbidden, "A web page of another site asked for this; use the receiver's own page.");
            return;
        }

        if (!token.IsRequired && !IsLoopbackName(context.Request.Host.Host))
        {
            await refusals.WriteAsync(
                context,
                RefusalReason.Forbidden,
                "Without Receiver:TokenFile only requests to localhost or a loopback address are answered. Use such an address, or set a token.");
            return;
        }

        await CheckTokenAsync(context);
    }

    private async Task CheckTokenAsync(HttpContext context)
    {
        try
        {
            if (token.IsRequired && !(ShownToken(context.Request.Headers.Authorization.ToString()) is { } shown && token.Matches(shown)))
            {
                // A browser asks for a name and a password; any name and the token will do.
                context.Response.Headers.WWWAuthenticate = Challenges;
                await refusals.WriteAsync(
                    context,
                    RefusalReason.Unauthorized,
                    "Show the token of Receiver:TokenFile, as \"Authorization: Bearer TOKEN\" or as the password of basic authentication.");
                return;
            }
        }
        catch (StartupException e)
        {
            // Alertmanager would drop for good what is answered with 401; an administrator is about to repair the file.
            await refusals.WriteAsync(context, RefusalReason.NotStored, e.Message);
            return;
        }

        await next(context);
    }

    private static bool IsOpen(PathString path) => path.StartsWithSegments("/-") || path.Equals("/metrics", StringComparison.Ordinal);

    // A browser says where a request comes from; other programs say nothing.
    private static bool IsFromOwnPages(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return true;
        }

        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
        {
            return site is "same-origin" or "none";
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    // A name that someone else points at 127.0.0.1 would let his web pages read the tickets.
    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Length == 0
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static string? ShownToken(string authorization)
    {
        if (authorization.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[BearerPrefix.Length..].Trim();
        }

        if (!authorization.StartsWith(BasicPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var decoded = new byte[authorization.Length];
        return Convert.TryFromBase64String(authorization[BasicPrefix.Length..].Trim(), decoded, out var length)
            && Encoding.UTF8.GetString(decoded, 0, length) is var pair
            && pair.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0
            ? pair[(colon + 1)..]
            : null;
    }
}
