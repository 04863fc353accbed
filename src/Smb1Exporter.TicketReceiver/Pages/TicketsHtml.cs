using System.Globalization;
using System.Text;
using Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

namespace Smb1Exporter.TicketReceiver.Pages;

/// <summary>Writes tickets as HTML. Pure.</summary>
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

    /// <summary>The form by which tickets are filtered; works without script.</summary>
    public static string Filter(string state, TicketFilter filter, IReadOnlyList<string> customers)
    {
        var states = new (string Value, string Text)[] { ("", "all"), ("open", "open"), ("closed", "closed") };
        var options = string.Concat(states.Select(option => Option(option.Value, option.Text, option.Value == state)));
        return "<form class=\"filter\" method=\"get\" action=\"/\" role=\"search\" aria-label=\"Tickets\">\n"
            + $"<div><label for=\"state\">State</label><select id=\"state\" name=\"state\">{options}</select></div>\n"
            + CustomerAndSearch(filter.Customer, filter.Search, customers)
            + "<button type=\"submit\">Show</button>\n</form>\n";
    }

    /// <summary>The two fields that both lists have.</summary>
    public static string CustomerAndSearch(string customer, string search, IReadOnlyList<string> customers)
    {
        var options = string.Concat(customers.Select(name => Option(name, name, name == customer)).Prepend(Option("", "all", customer.Length == 0)));
        return $"<div><label for=\"customer\">Customer</label><select id=\"customer\" name=\"customer\">{options}</select></div>\n"
            + $"<div><label for=\"q\">Search</label><input id=\"q\" name=\"q\" type=\"search\" maxlength=\"200\" value=\"{HtmlPage.Encode(search)}\"></div>\n";
    }

    private static string Option(string value, string text, bool selected) =>
        $"<option value=\"{HtmlPage.Encode(value)}\"{(selected ? " selected" : "")}>{HtmlPage.Encode(text)}</option>";

    /// <summary>Links to the pages before and after; empty when there is one page only.</summary>
    /// <param name="path">The page's path with its query, but for the number.</param>
    /// <param name="page">The number of the one shown.</param>
    /// <param name="pages">How many there are.</param>
    public static string Pager(string path, int page, int pages)
    {
        var link = HtmlPage.Encode(path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?"));
        if (pages <= 1)
        {
            return "";
        }

        var previous = page > 1 ? Invariant($"<a href=\"{link}page={page - 1}\" rel=\"prev\">Previous</a> ") : "";
        var next = page < pages ? Invariant($" <a href=\"{link}page={page + 1}\" rel=\"next\">Next</a>") : "";
        return Invariant($"<nav aria-label=\"Pages\">{previous}<span>Page {page} of {pages}</span>{next}</nav>\n");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
