namespace Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

/// <summary>Adds the built-in tickets as people see them, whichever ticketing system new ones are made in.</summary>
internal static class BuiltInRegistration
{
    public static IServiceCollection AddBuiltInTickets(this IServiceCollection services) => services
        .AddSingleton<BuiltInTickets>()
        .AddSingleton<BuiltInMetrics>();
}
