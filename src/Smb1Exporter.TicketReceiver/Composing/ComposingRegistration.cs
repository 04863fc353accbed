namespace Smb1Exporter.TicketReceiver.Composing;

/// <summary>Adds what writes tickets' texts.</summary>
internal static class ComposingRegistration
{
    public static IServiceCollection AddComposing(this IServiceCollection services, ComposingOptions options) =>
        services.AddSingleton(new TicketComposer(options.SubjectTemplate, options.BodyTemplate));
}
