using Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

namespace Smb1Exporter.TicketReceiver.Pages;

/// <summary>Adds the pages for people and the interface for programs.</summary>
internal static class PagesRegistration
{
    public static IServiceCollection AddPages(this IServiceCollection services) => services.AddSingleton<TicketsPages>();

    public static void MapPages(this IEndpointRouteBuilder app)
    {
        var pages = app.ServiceProvider.GetRequiredService<TicketsPages>();
        app.MapMethods("/", GetAndHead.Methods, pages.HomeAsync);
        app.MapMethods("/tickets/{id:long}", GetAndHead.Methods, pages.TicketAsync);
        app.MapMethods("/deliveries", GetAndHead.Methods, pages.DeliveriesAsync);
        app.MapMethods("/servers/{key}", GetAndHead.Methods, pages.ServerAsync);
        app.MapPost("/tickets/{id:long}/close", pages.CloseAsync);
        app.MapPost("/deliveries/{id:long}/again", pages.SendAgainAsync);
        app.MapPost("/deliveries/{id:long}/drop", pages.DropAsync);
        app.MapMethods(TicketsApi.Path, GetAndHead.Methods, (HttpContext context, BuiltInTickets tickets) => TicketsApi.HandleAsync(context, tickets));
    }
}
