using System.Globalization;
using Smb1Exporter.TicketReceiver.Hosting;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

namespace Smb1Exporter.TicketReceiver.Pages;

/// <summary>The pages for people: all tickets, one ticket, and the two things a person may do.</summary>
internal sealed partial class TicketsPages(
    BuiltInTickets tickets,
    DeliveryQueue queue,
    DeliveryWorker worker,
    TicketingCheck check,
    ITicketingSystem ticketing,
    ReceiverOptions options,
    ILogger<TicketsPages> logger)
{
    private const int TicketsPerPage = 25;
    private const int NotesPerTicket = 5;
    private const int NotesPerPage = 100;
    private const int DeliveriesShown = 10;

    public async Task HomeAsync(HttpContext context)
    {
        var (open, closed) = await tickets.CountAsync(context.RequestAborted);
        var (page, pages) = PageOf(context, open + closed, TicketsPerPage);
        var shown = await tickets.PageAsync((page - 1) * TicketsPerPage, TicketsPerPage, NotesPerTicket, context.RequestAborted);
        var (pendingCount, pending) = await queue.ListAsync(DeliveryState.Pending, DeliveriesShown, context.RequestAborted);
        var (asideCount, aside) = await queue.ListAsync(DeliveryState.SetAside, DeliveriesShown, context.RequestAborted);
        var pager = TicketsHtml.Pager("/", page, pages);
        await HtmlPage.WriteAsync(
            context,
            "SMB1 tickets",
            (options.TicketingSystem == TicketingSystemKind.BuiltIn
                ? $"<p>{open} open, {closed} closed</p>\n"
                : $"<p>Tickets are made in {HtmlPage.Encode(ticketing.Name)}.</p>\n")
            + TicketsHtml.Problems(check.Problems)
            + TicketsHtml.Deliveries("Refused by the ticketing system", asideCount, aside)
            + TicketsHtml.Deliveries("Waiting for delivery", pendingCount, pending)
            + pager + string.Concat(shown.Select(ticket => TicketsHtml.Ticket(ticket, link: true))) + pager);
    }

    public async Task TicketAsync(HttpContext context, long id)
    {
        if (await tickets.FindAsync(id, 0, 0, context.RequestAborted) is not { } found)
        {
            await NotFoundAsync(context, "ticket", id);
            return;
        }

        var (page, pages) = PageOf(context, found.NoteCount, NotesPerPage);
        var view = await tickets.FindAsync(id, (page - 1) * NotesPerPage, NotesPerPage, context.RequestAborted) ?? found;
        var pager = TicketsHtml.Pager($"/tickets/{id}", page, pages);
        await HtmlPage.WriteAsync(
            context, $"SMB1 ticket #{id}", $"<p><a href=\"/\">All tickets</a></p>\n{pager}{TicketsHtml.Ticket(view, link: false)}{pager}");
    }

    public async Task CloseAsync(HttpContext context, long id)
    {
        if (await tickets.CloseAsync(id, context.RequestAborted))
        {
            Log.Closed(logger, id, Remote(context));
        }
        else if (await tickets.FindAsync(id, 0, 0, context.RequestAborted) is null)
        {
            await NotFoundAsync(context, "ticket", id);
            return;
        }

        SeeHome(context);
    }

    public async Task DropAsync(HttpContext context, long id)
    {
        if (await queue.DropAsync(id, context.RequestAborted))
        {
            Log.Dropped(logger, id, Remote(context));
        }

        SeeHome(context);
    }

    public async Task SendAgainAsync(HttpContext context, long id)
    {
        if (await queue.SendAgainAsync(id, context.RequestAborted))
        {
            Log.SentAgain(logger, id, Remote(context));
            worker.Wake();
        }

        SeeHome(context);
    }

    private static (int Page, int Pages) PageOf(HttpContext context, int items, int perPage)
    {
        var pages = Math.Max(1, (items + perPage - 1) / perPage);
        var asked = int.TryParse(context.Request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1;
        return (Math.Clamp(asked, 1, pages), pages);
    }

    // 303: the browser fetches the page instead of posting again.
    private static void SeeHome(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "/";
    }

    private static Task NotFoundAsync(HttpContext context, string what, long id)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return HtmlPage.WriteAsync(context, "Not found", $"<p>There is no {what} #{id}. <a href=\"/\">All tickets</a></p>\n");
    }

    private static string Remote(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "a local client";

    private static partial class Log
    {
        [LoggerMessage(300, LogLevel.Information, "Ticket {Ticket} closed on the page by {Remote}")]
        public static partial void Closed(ILogger logger, long ticket, string remote);

        [LoggerMessage(301, LogLevel.Information, "Delivery {Notification} to be sent again, asked for on the page by {Remote}")]
        public static partial void SentAgain(ILogger logger, long notification, string remote);

        [LoggerMessage(302, LogLevel.Warning, "Delivery {Notification} dropped, as asked for on the page by {Remote}")]
        public static partial void Dropped(ILogger logger, long notification, string remote);
    }
}
