using System.Text;
using System.Text.Encodings.Web;
using Smb1Exporter.Reporting;
using Smb1Exporter.State;

namespace Smb1Exporter.Pages;

/// <summary>The parts that page and report share. Everything that is not markup of ours is encoded.</summary>
internal static class Html
{
    // Plain enough for the oldest browser of a Windows Server: no variables, no newer colour functions.
    private const string Style = """
        :root{color-scheme:light dark}
        body{font:16px/1.5 "Segoe UI",system-ui,sans-serif;max-width:68rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}
        main{display:block}
        h1{font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere}
        h2{font-size:1.2rem;margin-top:1.8rem}
        a{color:#0b57a4}
        table{border-collapse:collapse;width:100%}
        .state tbody th{width:38%}
        caption{text-align:left;padding:.3rem 0}
        th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8a8a8a;vertical-align:top}
        td,.a{overflow-wrap:anywhere}
        tbody th{font-weight:600}
        .t{white-space:nowrap}
        .n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        .a,.w{min-width:9rem}
        .scroll{overflow-x:auto}
        .todo{font-weight:bold}
        .verdict{border:1px solid #8a8a8a;border-left:.6rem solid #767676;padding:.2rem 1rem}
        .verdict h2{margin-top:.6rem}
        .verdict.ready{border-left-color:#1d7a36}
        .verdict.wait{border-left-color:#a05a00}
        .verdict.fault{border-left-color:#b3261e}
        @media (max-width:40rem){th,td{padding:.3rem}.a{min-width:7rem}}
        @media (prefers-color-scheme:dark){
        body{color:#e8e8e8;background:#16181b}
        a{color:#8ec5ff}
        .verdict.ready{border-left-color:#4cc46a}
        .verdict.wait{border-left-color:#f0a53c}
        .verdict.fault{border-left-color:#ff8a80}
        }
        @media print{body{max-width:none;padding:0;color:#000;background:#fff}.scroll{overflow:visible}thead{display:table-header-group}tr{page-break-inside:avoid}}
        """;

    /// <summary>What a page may load: nothing but its own style.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    /// <summary>Everything up to and with the heading.</summary>
    public static StringBuilder Begin(string title) => new StringBuilder()
        .Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"data:,\">")
        .Append($"<title>{Encode(title)}</title><style>\n{Style}\n</style></head>\n<body><main>\n<h1>{Encode(title)}</h1>\n");

    public static string End(StringBuilder page) => page.Append("</main></body></html>\n").ToString();

    public static void AppendVerdict(StringBuilder page, Evidence evidence)
    {
        var text = VerdictText.Of(evidence);
        var kind = evidence.Verdict.Kind switch
        {
            Verdicts.VerdictKind.Ready => "ready",
            Verdicts.VerdictKind.Attempts or Verdicts.VerdictKind.NotCovered => "wait",
            Verdicts.VerdictKind.Smb1Off => "off",
            _ => "fault",
        };
        page.Append($"<section class=\"verdict {kind}\" data-verdict=\"{evidence.Verdict.Word}\" aria-labelledby=\"verdict\">")
            .Append($"<h2 id=\"verdict\">{Encode(text.Headline)}</h2><p>{Encode(text.Reason)}</p>")
            .Append(text.Next.Length == 0 ? "" : $"<p>{Encode(text.Next)}</p>")
            .Append("</section>\n");
    }

    public static void AppendState(StringBuilder page, Evidence evidence)
    {
        page.Append("<h2>State</h2>\n<table class=\"state\"><thead><tr><th scope=\"col\">What</th><th scope=\"col\">State</th></tr></thead><tbody>\n");
        foreach (var row in StateRow.Of(evidence))
        {
            page.Append($"<tr><th scope=\"row\">{Encode(row.Name)}</th><td>{Encode(row.Value)}")
                .Append(row.Remedy.Length == 0 ? "" : $"<br><span class=\"todo\">To do:</span> {Encode(row.Remedy)}")
                .Append("</td></tr>\n");
        }

        page.Append("</tbody></table>\n");
    }

    public static void AppendProof(StringBuilder page, Evidence evidence)
    {
        page.Append("<h2>What is proved</h2>\n");
        BeginTable(page, "What is proved");
        page.Append("<caption>By asking the servers of this machine, whatever their configuration says.</caption><thead><tr><th scope=\"col\">What</th>")
            .Append("<th scope=\"col\">Answer</th><th scope=\"col\">Last answered</th><th scope=\"col\">How it is known</th></tr></thead><tbody>\n");
        foreach (var row in ProofRow.Of(evidence))
        {
            page.Append($"<tr><th scope=\"row\">{Encode(row.Question)}</th><td>{Encode(row.Answer)}</td>")
                .Append($"<td class=\"t\">{(row.Time is { } time ? Figures.Time(time) : "")}</td><td>{Encode(row.Detail)}</td></tr>\n");
        }

        EndTable(page);
        page.Append(evidence.Configuration.Length == 0 ? "" : $"<p>The configuration says: {Encode(evidence.Configuration)}</p>\n");
    }

    /// <summary>A region that scrolls sideways on a narrow screen, by keyboard too.</summary>
    public static void BeginTable(StringBuilder page, string label) =>
        page.Append($"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{Encode(label)}\"><table>");

    public static void EndTable(StringBuilder page) => page.Append("</tbody></table></div>\n");

    public static void AppendClient(StringBuilder page, ClientTotals client) => page
        .Append($"<tr><th scope=\"row\" class=\"a\">{Encode(client.Address)}</th><td class=\"w\">{Encode(client.Name ?? "")}</td>")
        .Append($"<td class=\"n\">{Figures.Number(client.Attempts.Total)}</td>")
        .Append($"<td class=\"t\">{Figures.Time(client.FirstSeen)}</td><td class=\"t\">{Figures.Time(client.LastSeen)}</td></tr>\n");

    /// <summary>A heading, and a table under it or a word where there is nothing to list.</summary>
    public static void AppendTable<T>(
        StringBuilder page, string heading, IReadOnlyList<T> rows, string none, string head, Action<T> append)
    {
        page.Append($"<h2>{heading}</h2>\n");
        if (rows.Count == 0)
        {
            page.Append($"<p>{none}</p>\n");
            return;
        }

        BeginTable(page, heading);
        page.Append($"{head}<tbody>\n");
        foreach (var row in rows)
        {
            append(row);
        }

        EndTable(page);
    }
}
