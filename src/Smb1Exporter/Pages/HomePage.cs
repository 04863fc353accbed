using System.Text;
using Smb1Exporter.Reporting;

namespace Smb1Exporter.Pages;

/// <summary>The page at <c>/</c>: verdict, state and clients of this server, without any script.</summary>
internal static class HomePage
{
    /// <summary>So many clients are listed; a browser copes with that, and the reports hold all.</summary>
    public const int ListedClients = 10_000;

    private const int ListedPeriods = 5;

    private static readonly (ClientColumn Column, string Head, string Class)[] Columns =
    [
        (ClientColumn.Address, "Client", ""),
        (ClientColumn.Name, "Name", ""),
        (ClientColumn.Attempts, "Attempts", " class=\"n\""),
        (ClientColumn.FirstSeen, "First seen", ""),
        (ClientColumn.LastSeen, "Last seen", ""),
    ];

    public static string Write(Evidence evidence, ClientOrder order)
    {
        var page = Html.Begin($"SMB1 on {evidence.Exporter.Server}");
        Html.AppendVerdict(page, evidence);
        page.Append("<p>To attach to a change request: <a href=\"/report\">report</a>, <a href=\"/report.csv\">report as CSV</a>.</p>\n");
        Html.AppendState(page, evidence);
        Html.AppendProof(page, evidence);
        CoverageTable.Append(page, [.. evidence.Totals.CoverageHistory.Take(ListedPeriods)], "the report lists all");
        page.Append("<h2 id=\"clients\">Clients</h2>\n");
        AppendClients(page, evidence, order);
        page.Append("<p>Times are UTC. A new attempt shows here at once; a new client is 0 on <a href=\"/metrics\">/metrics</a> for its first two minutes (Exporter:BirthHold).</p>\n")
            .Append($"<p>smb1-exporter {Html.Encode(evidence.Exporter.Version)}</p>\n");
        return Html.End(page);
    }

    private static void AppendClients(StringBuilder page, Evidence evidence, ClientOrder order)
    {
        var clients = evidence.Totals.Clients;
        if (clients.IsEmpty)
        {
            page.Append("<p>No client is known: no SMB1 connection attempt was counted, or those that were are forgotten by now.</p>\n");
            return;
        }

        Html.BeginTable(page, "Clients");
        page.Append($"<caption>{Figures.Count(clients.Length, "client")}. The heads of the columns sort.</caption><thead><tr>");
        foreach (var (column, head, style) in Columns)
        {
            var sorted = column != order.By ? "" : $" aria-sort=\"{(order.Descending ? "descending" : "ascending")}\"";
            var mark = column != order.By ? "" : $" <span aria-hidden=\"true\">{(order.Descending ? "▼" : "▲")}</span>";
            page.Append($"<th scope=\"col\"{style}{sorted}><a href=\"{Html.Encode(order.AfterClick(column).Query)}#clients\">{head}</a>{mark}</th>");
        }

        page.Append("</tr></thead><tbody>\n");
        foreach (var client in order.Sort(clients).Take(ListedClients))
        {
            Html.AppendClient(page, client);
        }

        Html.EndTable(page);
        if (clients.Length > ListedClients)
        {
            page.Append($"<p>{Figures.Count(clients.Length - ListedClients, "further client")}: see the reports.</p>\n");
        }
    }
}
