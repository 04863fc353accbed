using System.Text;
using Smb1Exporter.Reporting;
using Smb1Exporter.State;

namespace Smb1Exporter.Pages;

/// <summary>The evidence for one server as one self-contained file, made to be attached to a change request and to be printed.</summary>
internal static class HtmlReport
{
    public static string Write(Evidence evidence)
    {
        var exporter = evidence.Exporter;
        var page = Html.Begin($"SMB1 report for {exporter.Server}");
        page.Append($"<p>Made on {Figures.Time(evidence.Time)} UTC by smb1-exporter {Html.Encode(ProgramVersion.Text)} from what ")
            .Append($"smb1-exporter {Html.Encode(exporter.Version)} counted on this server. Times are UTC.</p>\n");
        Html.AppendVerdict(page, evidence);
        AppendPeriod(page, evidence);
        Html.AppendState(page, evidence);
        Html.AppendProof(page, evidence);
        CoverageTable.Append(page, evidence.Totals.CoverageHistory, $"the last {CoverageEntry.Kept} are kept");
        AppendClients(page, evidence);
        AppendSettings(page, exporter);
        page.Append("<h2>How to read it</h2>\n<p>An attempt is one connection with SMB1, or one try, in the server's own audit log. Clients on the ")
            .Append("exclusion list are counted apart and do not count for the verdict. Clients unseen for the retention time are forgotten, the time ")
            .Append("of the last attempt is not. Names come from DNS or from the client itself and prove nothing. The period is without a gap when ")
            .Append("auditing was on and every record was read; how it is told, and what it cannot tell, is in the exporter's README.</p>\n");
        return Html.End(page);
    }

    private static void AppendPeriod(StringBuilder page, Evidence evidence)
    {
        var totals = evidence.Totals;
        page.Append("<h2>Period</h2>\n<p>");
        if (totals.CoveredSince is { } since)
        {
            page.Append($"Covered without a gap from {Figures.Time(since)} to ")
                .Append(evidence.IsRunning ? $"{Figures.Time(evidence.Time)}" : "when the exporter was last heard of")
                .Append($": {Figures.Duration(totals.Watched.Covered)} of it were watched, {Figures.Duration(totals.Watched.Quiet)} since the last attempt.")
                .Append(evidence.IsRunning ? "" : $" {Html.Encode(evidence.Stale)}");
        }
        else
        {
            page.Append("Not covered now: auditing is not on.");
        }

        page.Append($" {Figures.Count(totals.Clients.Sum(client => client.Attempts.Total), "attempt")} by ")
            .Append($"{Figures.Count(totals.Clients.Length, "client")} that are remembered, ")
            .Append(totals.LastAttempt is { } last ? $"the last attempt on {Figures.Time(last)}.</p>\n" : "no attempt ever.</p>\n");
    }

    private static void AppendClients(StringBuilder page, Evidence evidence) => Html.AppendTable(
        page,
        "Clients",
        [.. ClientOrder.Default.Sort(evidence.Totals.Clients)],
        "None is known.",
        "<caption>Most attempts first.</caption><thead><tr><th scope=\"col\">Client</th><th scope=\"col\">Name</th>"
            + "<th scope=\"col\" class=\"n\">Attempts</th><th scope=\"col\">First seen</th><th scope=\"col\">Last seen</th></tr></thead>",
        client => Html.AppendClient(page, client));

    private static void AppendSettings(StringBuilder page, ExporterRecord exporter)
    {
        page.Append("<h2>Settings that matter</h2>\n<table class=\"state\"><thead><tr><th scope=\"col\">Setting</th><th scope=\"col\">Value</th></tr></thead><tbody>\n");
        foreach (var (name, value) in CsvReport.Settings(exporter))
        {
            page.Append($"<tr><th scope=\"row\">{name}</th><td>{(value.Length == 0 ? "none" : Html.Encode(value))}</td></tr>\n");
        }

        page.Append("</tbody></table>\n");
    }
}
