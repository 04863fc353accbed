using System.Globalization;
using System.Text;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

namespace Smb1Exporter.TicketReceiver.Pages;

/// <summary>Writes tickets and deliveries as HTML. Pure.</summary>
internal static class TicketsHtml
{
    /// <summary>One ticket with its notes and, while it is open, the button to close it.</summary>
    /// <param name="view">The ticket and the notes to show.</param>
    /// <param name="link">Whether to point to the ticket's own page.</param>
    public static string Ticket(TicketWithNotes view, bool link)
    {
        var ticket = view.Ticket;
        var path = Invariant($"/tickets/{ticket.Id}");
        var number = link ? Invariant($"<a href=\"{path}\">#{ticket.Id}</a>") : Invariant($"#{ticket.Id}");
        var state = ticket.ClosedAt is { } closed ? $"closed {HtmlPage.Time(closed)}" : "open";
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<article class=\"{(ticket.ClosedAt is null ? "open" : "closed")}\" id=\"ticket-{ticket.Id}\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<h2>{number} {HtmlPage.Encode(ticket.Subject)}</h2>\n");
        html.Append(CultureInfo.InvariantCulture, $"<p>{HtmlPage.Encode(ticket.Customer)} \\ {HtmlPage.Encode(ticket.Server)}, ");
        html.Append(CultureInfo.InvariantCulture, $"<span class=\"state\">{state}</span>, opened {HtmlPage.Time(ticket.OpenedAt)}</p>\n");
        html.Append(CultureInfo.InvariantCulture, $"{HtmlPage.Text(ticket.Body)}\n");
        if (view.NoteCount > view.Notes.Count)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>{view.Notes.Count} of <a href=\"{path}\">{view.NoteCount} notes</a>:</p>\n");
        }

        foreach (var note in view.Notes)
        {
            html.Append(CultureInfo.InvariantCulture, $"<h3>Note, {HtmlPage.Time(note.AddedAt)}</h3>\n{HtmlPage.Text(note.Body)}\n");
        }

        if (ticket.ClosedAt is null)
        {
            html.Append(HtmlPage.Button($"{path}/close", Invariant($"Close ticket #{ticket.Id}"))).Append('\n');
        }

        return html.Append("</article>\n").ToString();
    }

    /// <summary>Why nothing can be delivered; empty when that is not so.</summary>
    public static string Problems(IReadOnlyList<string> problems) => problems.Count == 0
        ? ""
        : "<section>\n<h2>No ticket can be delivered</h2>\n<ul>\n"
            + $"{string.Concat(problems.Select(problem => $"<li>{HtmlPage.Encode(problem)}</li>\n"))}</ul>\n</section>\n";

    /// <summary>What is on its way to the ticketing system, or was refused by it; empty when there is nothing.</summary>
    public static string Deliveries(string title, int count, IReadOnlyList<Notification> shown)
    {
        if (count == 0)
        {
            return "";
        }

        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<section>\n<h2>{HtmlPage.Encode(title)}: {count}</h2>\n");
        foreach (var notification in shown)
        {
            html.Append(CultureInfo.InvariantCulture, $"<article>\n<p>{HtmlPage.Encode(notification.Customer)} \\ ");
            html.Append(CultureInfo.InvariantCulture, $"{HtmlPage.Encode(notification.Server)}, received {HtmlPage.Time(notification.ReceivedAt)}, ");
            html.Append(CultureInfo.InvariantCulture, $"{notification.FailedAttempts} failed attempts</p>\n");
            if (notification.LastFailure is { } failure)
            {
                html.Append(CultureInfo.InvariantCulture, $"<p>{HtmlPage.Encode(failure)}</p>\n");
            }

            if (notification is { State: DeliveryState.SetAside, RefusalAnswer: { } answer })
            {
                html.Append(CultureInfo.InvariantCulture, $"<details><summary>The whole answer</summary>{HtmlPage.Text(answer)}</details>\n");
            }

            html.Append(CultureInfo.InvariantCulture, $"{HtmlPage.Text(notification.Body)}\n");
            if (notification.State == DeliveryState.SetAside)
            {
                html.Append(HtmlPage.Button(Invariant($"/deliveries/{notification.Id}/again"), "Send again")).Append('\n');
                html.Append(HtmlPage.Button(Invariant($"/deliveries/{notification.Id}/drop"), "Drop")).Append('\n');
            }

            html.Append("</article>\n");
        }

        return html.Append("</section>\n").ToString();
    }

    /// <summary>Links to the pages before and after; empty when there is one page only.</summary>
    public static string Pager(string path, int page, int pages)
    {
        if (pages <= 1)
        {
            return "";
        }

        var previous = page > 1 ? Invariant($"<a href=\"{path}?page={page - 1}\" rel=\"prev\">Previous</a> ") : "";
        var next = page < pages ? Invariant($" <a href=\"{path}?page={page + 1}\" rel=\"next\">Next</a>") : "";
        return Invariant($"<nav aria-label=\"Pages\">{previous}<span>Page {page} of {pages}</span>{next}</nav>\n");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
