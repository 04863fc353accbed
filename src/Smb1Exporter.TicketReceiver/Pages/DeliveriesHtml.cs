using System.Globalization;
using System.Text;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Pages;

/// <summary>Writes what became of notifications as HTML. Pure.</summary>
internal static class DeliveriesHtml
{
    /// <summary>The states that have a page, by the name in its address.</summary>
    public static readonly IReadOnlyList<(string Name, DeliveryState State, string Title)> States =
    [
        ("waiting", DeliveryState.Pending, "Waiting for delivery"),
        ("set-aside", DeliveryState.SetAside, "Refused by the ticketing system"),
        ("delivered", DeliveryState.Delivered, "Delivered"),
        ("dropped", DeliveryState.Dropped, "Dropped by a person"),
    ];

    /// <summary>Why nothing can be delivered; empty when that is not so.</summary>
    public static string Problems(IReadOnlyList<string> problems) => problems.Count == 0
        ? ""
        : "<section>\n<h2>No ticket can be delivered</h2>\n<ul>\n"
            + $"{string.Concat(problems.Select(problem => $"<li>{HtmlPage.Encode(problem)}</li>\n"))}</ul>\n</section>\n";

    /// <summary>Where else to look.</summary>
    public static string Navigation(string home, int waiting, int aside) =>
        $"<nav aria-label=\"Receiver\"><a href=\"/\">{HtmlPage.Encode(home)}</a> {Link("waiting", $"Waiting ({waiting})")} {Link("set-aside", $"Refused ({aside})")} "
        + $"{Link("delivered", "Delivered")}</nav>\n";

    /// <summary>The first of what is in a state, with a link to all of it; empty when there is nothing.</summary>
    public static string Section(string name, int count, IReadOnlyList<Notification> shown)
    {
        if (count == 0)
        {
            return "";
        }

        var title = States.Single(state => state.Name == name).Title;
        var more = count > shown.Count ? $"<p>{shown.Count} of {Link(name, $"all {count}")}:</p>\n" : "";
        return $"<section>\n<h2>{HtmlPage.Encode(title)}: {count}</h2>\n{more}{string.Concat(shown.Select(Entry))}</section>\n";
    }

    /// <summary>One notification with its text, why it is where it is, and what a person can do about it.</summary>
    public static string Entry(Notification notification)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<article>\n<p>{ServerLink(notification.Key, $"{notification.Customer} \\ {notification.Server}")}, ");
        html.Append(CultureInfo.InvariantCulture, $"received {HtmlPage.Time(notification.ReceivedAt)}, {Figures.Count(notification.FailedAttempts, "failed attempt", "D")}");
        html.Append(notification.DeliveredAt is { } at ? $", delivered {HtmlPage.Time(at)}: {HtmlPage.Encode(What(notification))}</p>\n" : "</p>\n");
        if (notification.LastFailure is { } failure)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>{HtmlPage.Encode(failure)}</p>\n");
        }

        if (notification is { State: DeliveryState.SetAside, RefusalAnswer: { } answer })
        {
            html.Append(CultureInfo.InvariantCulture, $"<details><summary>The whole answer</summary>{HtmlPage.Text(answer)}</details>\n");
        }

        if (notification.Body.Length > 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"{HtmlPage.Text(notification.Body)}\n");
        }

        if (notification.State == DeliveryState.SetAside)
        {
            var path = FormattableString.Invariant($"/deliveries/{notification.Id}");
            var of = $" the notification for {notification.Server} of {Figures.Time(notification.ReceivedAt)} UTC";
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"actions\">{HtmlPage.Button($"{path}/again", "Send again", of)}{HtmlPage.Button($"{path}/drop", "Drop", of)}</div>\n");
        }

        return html.Append("</article>\n").ToString();
    }

    /// <summary>What became of notifications, a row each; empty when there are none.</summary>
    public static string Table(string caption, IReadOnlyList<Notification> notifications)
    {
        if (notifications.Count == 0)
        {
            return "";
        }

        var rows = notifications.Select(row =>
            $"<tr><td>{HtmlPage.Time(row.ReceivedAt)}</td><td>{HtmlPage.Encode(What(row))}</td>"
            + $"<td>{(row.DeliveredAt is { } at ? HtmlPage.Time(at) : "")}</td><td>{row.FailedAttempts}</td><td>{HtmlPage.Encode(row.LastFailure ?? "")}</td></tr>\n");
        return "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Deliveries\">\n<table>\n"
            + $"<caption>{HtmlPage.Encode(caption)}</caption>\n<thead><tr><th scope=\"col\">Received</th><th scope=\"col\">What became of it</th>"
            + "<th scope=\"col\">Delivered</th><th scope=\"col\">Failed attempts</th><th scope=\"col\">Last failure</th></tr></thead>\n"
            + $"<tbody>\n{string.Concat(rows)}</tbody>\n</table>\n</div>\n";
    }

    /// <summary>The servers whose tickets are in another system, a row each.</summary>
    public static string Servers(IReadOnlyList<ServerRow> servers)
    {
        var rows = servers.Select(row =>
            $"<tr><td>{HtmlPage.Encode(row.Customer)}</td><th scope=\"row\">{ServerLink(row.Key, row.Server)}</th><td>{HtmlPage.Encode(row.Reference ?? "none yet")}</td>"
            + $"<td>{(row.LastDeliveredAt is { } at ? HtmlPage.Time(at) : "never")}</td><td>{row.Waiting}</td></tr>\n");
        return "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Servers\">\n<table>\n<caption>Servers</caption>\n"
            + "<thead><tr><th scope=\"col\">Customer</th><th scope=\"col\">Server</th><th scope=\"col\">Last ticket</th>"
            + "<th scope=\"col\">Last delivery</th><th scope=\"col\">Waiting</th></tr></thead>\n"
            + $"<tbody>\n{string.Concat(rows)}</tbody>\n</table>\n</div>\n";
    }

    /// <summary>The form by which servers are filtered; works without script.</summary>
    public static string Filter(string customer, string search, IReadOnlyList<string> customers) =>
        "<form class=\"filter\" method=\"get\" action=\"/\" role=\"search\" aria-label=\"Servers\">\n"
        + TicketsHtml.CustomerAndSearch(customer, search, customers)
        + "<button type=\"submit\">Show</button>\n</form>\n";

    private static string What(Notification notification) => (notification.State, notification.Result) switch
    {
        (DeliveryState.Delivered, DeliveryResultKind.Opened) => $"opened ticket {notification.Reference}",
        (DeliveryState.Delivered, DeliveryResultKind.Noted) => $"note on ticket {notification.Reference}",
        (DeliveryState.Delivered, _) => $"ticket {notification.Reference} left as it is",
        (DeliveryState.Pending, _) => "waits",
        (DeliveryState.SetAside, _) => "refused, set aside",
        _ => "dropped by a person",
    };

    private static string Link(string name, string text) => $"<a href=\"/deliveries?state={name}\">{HtmlPage.Encode(text)}</a>";

    private static string ServerLink(string key, string text) => $"<a href=\"/servers/{HtmlPage.Encode(key)}\">{HtmlPage.Encode(text)}</a>";
}
