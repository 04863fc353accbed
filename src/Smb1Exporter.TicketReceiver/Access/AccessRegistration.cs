using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Smb1Exporter.TicketReceiver.Access;

/// <summary>Adds what decides who is let in.</summary>
internal static class AccessRegistration
{
    /// <exception cref="StartupException">The token's file cannot be used.</exception>
    public static IServiceCollection AddAccess(this IServiceCollection services, AccessOptions options)
    {
        var token = new AccessToken(options);
        token.Check();
        if (!token.IsRequired)
        {
            services.Configure<KestrelServerOptions>(LoopbackOnly.Require);
        }

        return services.AddSingleton(token);
    }

    /// <summary>Puts the guard before all that is mapped.</summary>
    public static void UseAccess(this IApplicationBuilder app) => app.UseMiddleware<AccessGuard>();
}
