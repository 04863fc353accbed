using System.Globalization;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Storage;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

namespace Smb1Exporter.TicketReceiver.Pages;

/// <summary>The pages for people: tickets or servers, one of them, what became of notifications, and what a person may do.</summary>
internal sealed partial class TicketsPages(
    BuiltInTickets tickets,
    DeliveryQueue queue,
    DeliveryHistory history,
    DeliveryWorker worker,
    TicketingCheck check,
    ITicketingSystem ticketing,
    TicketingOptions options,
    ILogger<TicketsPages> logger)
{
    private const int TicketsPerPage = 25;
    private const int NotesPerTicket = 5;
    private const int NotesPerPage = 100;
    private const int DeliveriesShown = 10;
    private const int DeliveriesPerPage = 50;
    private const int ServersPerPage = 100;
    private const int CustomersShown = 1000;
    private const int LongestSearch = 200;

    private bool IsBuiltIn => options.TicketingSystem == TicketingSystemKind.BuiltIn;

    private string HomeName => IsBuiltIn ? "Tickets" : "Servers";

    public async Task HomeAsync(HttpContext context)
    {
        var (waiting, pending) = await history.ListAsync(DeliveryState.Pending, 0, DeliveriesShown, context.RequestAborted);
        var (asideCount, aside) = await history.ListAsync(DeliveryState.SetAside, 0, DeliveriesShown, context.RequestAborted);
        var list = IsBuiltIn ? await TicketsAsync(context) : await ServersAsync(context);
        await HtmlPage.WriteAsync(
            context,
            "SMB1 tickets",
            DeliveriesHtml.Navigation(HomeName, waiting, asideCount)
            + DeliveriesHtml.Problems(check.Problems)
            + DeliveriesHtml.Section("set-aside", asideCount, aside)
            + DeliveriesHtml.Section("waiting", waiting, pending)
            + list);
    }

    public async Task DeliveriesAsync(HttpContext context)
    {
        var asked = context.Request.Query["state"].ToString();
        var (name, state, title) = DeliveriesHtml.States.FirstOrDefault(each => each.Name == asked, DeliveriesHtml.States[0]);
        var (count, _) = await history.ListAsync(state, 0, 0, context.RequestAborted);
        var (page, pages) = PageOf(context, count, DeliveriesPerPage);
        var (_, shown) = await history.ListAsync(state, (page - 1) * DeliveriesPerPage, DeliveriesPerPage, context.RequestAborted);
        var pager = TicketsHtml.Pager($"/deliveries?state={name}", page, pages);
        await HtmlPage.WriteAsync(
            context,
            $"{title}: {count}",
            await NavigationAsync(context) + DeliveriesHtml.Problems(check.Problems) + pager
            + (shown.Count == 0 ? "<p>Nothing.</p>\n" : string.Concat(shown.Select(DeliveriesHtml.Entry))) + pager);
    }

    public async Task ServerAsync(HttpContext context, string key)
    {
        if (await history.ServerAsync(key, context.RequestAborted) is not { } server)
        {
            await NotFoundAsync(context, "There is no such server.");
            return;
        }

        var deliveries = await history.OfServerAsync(key, DeliveriesPerPage, context.RequestAborted);
        var open = deliveries.Where(row => row.State is DeliveryState.Pending or DeliveryState.SetAside).OrderBy(row => row.Id);
        await HtmlPage.WriteAsync(
            context,
            $"{server.Customer} \\ {server.Server}",
            await NavigationAsync(context)
            + $"<p>Last ticket: {HtmlPage.Encode(server.Reference ?? "none yet")}{(IsBuiltIn ? "" : $", in {HtmlPage.Encode(ticketing.Name)}")}</p>\n"
            + string.Concat(open.Select(DeliveriesHtml.Entry))
            + DeliveriesHtml.Table($"The newest {DeliveriesPerPage} notifications", deliveries));
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
        var notifications = await tickets.NotificationsOfAsync(found.Ticket, NotesPerPage, context.RequestAborted);
        var deliveries = await history.FindAsync(notifications, context.RequestAborted);
        var pager = TicketsHtml.Pager($"/tickets/{id}", page, pages);
        await HtmlPage.WriteAsync(
            context,
            $"SMB1 ticket #{id}",
            $"{await NavigationAsync(context)}{pager}{TicketsHtml.Ticket(view, link: false)}{pager}"
            + DeliveriesHtml.Table("Deliveries of the past days, newest first", deliveries));
    }

    private async Task<string> TicketsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var state = query["state"].ToString();
        var filter = new TicketFilter(state == "open" ? true : state == "closed" ? false : null, query["customer"].ToString(), Search(query));
        var (open, closed) = await tickets.CountAsync(context.RequestAborted);
        var count = await tickets.CountAsync(filter, context.RequestAborted);
        var (page, pages) = PageOf(context, count, TicketsPerPage);
        var shown = await tickets.PageAsync(filter, (page - 1) * TicketsPerPage, TicketsPerPage, NotesPerTicket, context.RequestAborted);
        var pager = TicketsHtml.Pager(QueryOf("/", ("state", state), ("customer", filter.Customer), ("q", filter.Search)), page, pages);
        return $"<p>{open} open, {closed} closed</p>\n"
            + TicketsHtml.Filter(state, filter, await tickets.CustomersAsync(CustomersShown, context.RequestAborted))
            + (filter == new TicketFilter() ? "" : $"<p role=\"status\">{count} found</p>\n")
            + pager + string.Concat(shown.Select(ticket => TicketsHtml.Ticket(ticket, link: true))) + pager;
    }

    private async Task<string> ServersAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (customer, search) = (query["customer"].ToString(), Search(query));
        var (count, _) = await history.ServersAsync(customer, search, 0, 0, context.RequestAborted);
        var (page, pages) = PageOf(context, count, ServersPerPage);
        var (_, shown) = await history.ServersAsync(customer, search, (page - 1) * ServersPerPage, ServersPerPage, context.RequestAborted);
        var pager = TicketsHtml.Pager(QueryOf("/", ("customer", customer), ("q", search)), page, pages);
        return $"<p>Tickets are made in {HtmlPage.Encode(ticketing.Name)}.</p>\n"
            + DeliveriesHtml.Filter(customer, search, await history.CustomersAsync(CustomersShown, context.RequestAborted))
            + $"<p role=\"status\">{count} servers</p>\n"
            + pager + DeliveriesHtml.Servers(shown) + pager;
    }

    private async Task<string> NavigationAsync(HttpContext context)
    {
        var (waiting, _) = await history.ListAsync(DeliveryState.Pending, 0, 0, context.RequestAborted);
        var (aside, _) = await history.ListAsync(DeliveryState.SetAside, 0, 0, context.RequestAborted);
        return DeliveriesHtml.Navigation(HomeName, waiting, aside);
    }

    public async Task CloseAsync(HttpContext context, long id)
    {
        if (await tickets.CloseAsync(id, context.RequestAborted))
        {
            Log.Closed(logger, id, Remote.Of(context));
        }
        else if (await tickets.FindAsync(id, 0, 0, context.RequestAborted) is null)
        {
            await NotFoundAsync(context, "ticket", id);
            return;
        }

        SeeOther(context);
    }

    public async Task DropAsync(HttpContext context, long id)
    {
        if (await queue.DropAsync(id, context.RequestAborted))
        {
            Log.Dropped(logger, id, Remote.Of(context));
        }

        SeeOther(context);
    }

    public async Task SendAgainAsync(HttpContext context, long id)
    {
        if (await queue.SendAgainAsync(id, context.RequestAborted))
        {
            Log.SentAgain(logger, id, Remote.Of(context));
            worker.Wake();
        }

        SeeOther(context);
    }

    private static (int Page, int Pages) PageOf(HttpContext context, int items, int perPage)
    {
        var pages = Math.Max(1, (items + perPage - 1) / perPage);
        var asked = int.TryParse(context.Request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1;
        return (Math.Clamp(asked, 1, pages), pages);
    }

    // 303: the browser fetches the page from which it came instead of posting again.
    private static void SeeOther(HttpContext context)
    {
        var from = Uri.TryCreate(context.Request.Headers.Referer.ToString(), UriKind.Absolute, out var referer)
            && referer.Authority.Equals(context.Request.Host.Value, StringComparison.OrdinalIgnoreCase)
                ? referer.PathAndQuery
                : "/";
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = from.StartsWith("//", StringComparison.Ordinal) ? "/" : from;
    }

    private static string Search(IQueryCollection query) => query["q"].ToString() is var text && text.Length > LongestSearch ? text[..LongestSearch] : text.Trim();

    private static string QueryOf(string path, params (string Name, string Value)[] parameters)
    {
        var given = parameters.Where(parameter => parameter.Value.Length > 0).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}").ToList();
        return given.Count == 0 ? path : $"{path}?{string.Join('&', given)}";
    }

    private static Task NotFoundAsync(HttpContext context, string what, long id) => NotFoundAsync(context, $"There is no {what} #{id}.");

    private static Task NotFoundAsync(HttpContext context, string message)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return HtmlPage.WriteAsync(context, "Not found", $"<p>{message} <a href=\"/\">Home</a></p>\n");
    }

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
