using Microsoft.AspNetCore.Http;

namespace Smb1Exporter.Configuration;

/// <summary>Who sent a request, for log lines.</summary>
public static class Remote
{
    /// <summary>The address; words for a client without one, such as one on a local socket.</summary>
    public static string Of(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Connection.RemoteIpAddress?.ToString() ?? "a local client";
    }
}
