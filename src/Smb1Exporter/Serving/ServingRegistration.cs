using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Smb1Exporter.Serving;

/// <summary>Adds what bounds how much strangers can take, and what they see.</summary>
internal static class ServingRegistration
{
    /// <summary>The setting with further host names under which pages are shown.</summary>
    internal const string AllowedHostsKey = "AllowedHosts";

    /// <param name="builder">The program; its settings are read.</param>
    /// <param name="hostName">The name under which the exporter shows this host.</param>
    public static void AddServing(this WebApplicationBuilder builder, Func<IServiceProvider, string> hostName)
    {
        var services = builder.Services;
        services.AddSingleton(ServingLimits.OfProcess());
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<ConnectionTable>();
        services.AddSingleton<AnswerWriter>();
        services.AddSingleton<SocketTransportFactory>();

        // Kestrel takes the last one that can listen on an address.
        services.AddSingleton<IConnectionListenerFactory, LimitedTransport>();
        services.AddSingleton(provider => new OwnNames(
            builder.Configuration[AllowedHostsKey], hostName(provider), provider.GetRequiredService<TimeProvider>()));

        // The framework would apply the setting to metrics and health as well.
        services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["*"]);
        builder.WebHost.ConfigureKestrel(Configure);
    }

    /// <summary>Puts them before all that is mapped.</summary>
    public static void UseServing(this IApplicationBuilder app)
    {
        app.UseMiddleware<RequestTracking>();
        app.UseMiddleware<HostGuard>();
    }

    private static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;

        // One request at a time for each connection, so that what bounds connections bounds requests.
        kestrel.ConfigureEndpointDefaults(address => address.Protocols = HttpProtocols.Http1);
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));

        // No request has a body: not much of one is taken in, and it is read by nobody.
        kestrel.Limits.MaxRequestBodySize = 4096;
        kestrel.Limits.MaxRequestBufferSize = 64 * 1024;
    }
}
