using Smb1Exporter.TicketReceiver.Alerts;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>Adds what stores notifications and delivers them. It needs a database and a ticketing system from elsewhere.</summary>
internal static class OutboxRegistration
{
    public static IServiceCollection AddOutbox(this IServiceCollection services, DeliveryOptions delivery, OutboxOptions outbox) => services
        .AddSingleton(delivery)
        .AddSingleton(delivery.RetryPace)
        .AddSingleton(outbox)
        .AddSingleton<OutboxStore>()
        .AddSingleton<AnswerRecorder>()
        .AddHostedService(provider => provider.GetRequiredService<AnswerRecorder>())
        .AddSingleton<DeliveryQueue>()
        .AddSingleton<TicketDelivery>()
        .AddSingleton<TicketingCheck>()
        .AddSingleton<DeliveryWorker>()
        .AddHostedService(provider => provider.GetRequiredService<DeliveryWorker>())
        .AddSingleton<DeliveryHistory>()
        .AddSingleton<INotificationIntake, OutboxIntake>()
        .AddSingleton<DeliveryMetrics>()
        .AddSingleton<OutboxMetrics>();

    public static void MapOutbox(this IEndpointRouteBuilder app) => app.MapMethods("/-/ready", GetAndHead.Methods, Readiness.CheckAsync);
}
