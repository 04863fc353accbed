namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>Adds what takes Alertmanager's notifications. It needs an <see cref="INotificationIntake"/> from elsewhere.</summary>
internal static class AlertsRegistration
{
    public static IServiceCollection AddAlerts(this IServiceCollection services, AlertsOptions options) => services
        .AddSingleton(options)
        .AddSingleton<AlertsMetrics>()
        .AddSingleton<RefusalWriter>()
        .AddSingleton<AlertsEndpoint>();

    public static void MapAlerts(this IEndpointRouteBuilder app) =>
        app.MapPost(AlertsEndpoint.Path, (RequestDelegate)app.ServiceProvider.GetRequiredService<AlertsEndpoint>().HandleAsync);
}
