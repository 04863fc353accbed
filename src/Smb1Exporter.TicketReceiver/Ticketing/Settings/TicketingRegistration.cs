using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Settings;

/// <summary>Adds the ticketing system that the settings name. It is asked nothing yet.</summary>
internal static class TicketingRegistration
{
    public static IServiceCollection AddTicketing(this IServiceCollection services, TicketingOptions options, ITicketingSystemOptions system) => services
        .AddSingleton(options)
        .AddSingleton(provider => system.Create(new TicketingContext(
            options.Routes,
            new TicketHttpFactory(options.CaFile, options.RequestTimeout, TimeProvider.System),
            TimeProvider.System,
            provider)));
}
