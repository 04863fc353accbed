using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;

namespace Smb1Exporter.Exposition;

/// <summary>The page at <c>/</c>: the state of this host and its SMB1 clients, without any script.</summary>
public static class HomePage
{
    private const string Style = """
        :root{color-scheme:light dark}
        body{font:16px/1.5 system-ui,"Segoe UI",sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
        table{border-collapse:collapse;width:100%}
        th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8886;vertical-align:top}
        td{overflow-wrap:anywhere}
        td.t{white-space:nowrap}
        td:first-child{min-width:8rem}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
        .scroll{overflow-x:auto}
        .bad{font-weight:bold}
        """;

    /// <summary>Answers with the page.</summary>
    public static Task WriteAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var services = context.RequestServices;
        var page = Render(
            services.GetRequiredService<AttemptStore>().Current,
            services.GetRequiredService<HostState>(),
            services.GetRequiredService<HostResource>(),
            services.GetRequiredService<IAuditSource>().Description,
            services.GetRequiredService<CountingOptions>().MaxClients);
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(page);
    }

    private static string Render(AttemptTotals totals, HostState state, HostResource resource, string source, int maxClients)
    {
        var server = resource.Customer.Length == 0 ? resource.HostName : $"{resource.Customer}\\{resource.HostName}";
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Append($"<title>SMB1 clients of {Encode(server)}</title><style>{Style}</style></head><body><main>")
            .Append($"<h1>SMB1 clients of {Encode(server)}</h1>")
            .Append("<h2>State</h2><div class=\"scroll\"><table>");
        Row(page, "SMB1 on this server", Word(state.Auditing.ServerEnabled, "on", "off", "not known"), false);
        Row(
            page,
            "SMB1 auditing",
            $"{Word(state.Auditing.AuditingEnabled, "on", "off", "not known")}. {state.Auditing.Detail}",
            state.Auditing.AuditingEnabled == false);
        Row(page, "Audit log", $"{source}: {Word(state.SourceUp, "read", state.SourceDetail, state.SourceDetail)}", state.SourceUp == false);
        Row(page, "Covered without a gap since", totals.CoveredSince is { } since ? Time(since) : "not covered: auditing is not on", false);
        Row(page, "Gaps", Number(totals.Gaps.Total), totals.Gaps.Total > 0);
        Row(page, "Records or reads that failed", Number(totals.ReadErrors.Values.Sum(count => count.Total)), false);
        Row(page, "Attempts by excluded clients", Number(totals.Excluded.Total), false);
        Row(page, "Connections refused because SMB1 is off", Number(totals.Rejected.Total), false);
        Row(page, "Clients tracked", $"{totals.TrackedClients} of at most {maxClients}", totals.TrackedClients >= maxClients);
        page.Append("</table></div><h2>Clients</h2>");
        AppendClients(page, totals);
        page.Append("<p><a href=\"/metrics\">Metrics</a>. Times are UTC. A new attempt shows here at once, and on /metrics after the next ")
            .Append("scrapes.</p><p>smb1-exporter ").Append(Encode(ProgramVersion.Text)).Append("</p></main></body></html>\n");
        return page.ToString();
    }

    private static void AppendClients(StringBuilder page, AttemptTotals totals)
    {
        if (totals.Clients.IsEmpty)
        {
            page.Append("<p>No SMB1 connection attempt was counted so far.</p>");
            return;
        }

        page.Append("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Client</th><th scope=\"col\" class=\"n\">Attempts</th>")
            .Append("<th scope=\"col\">First seen</th><th scope=\"col\">Last seen</th></tr></thead><tbody>");
        foreach (var client in totals.Clients.OrderByDescending(client => client.Attempts.Total))
        {
            page.Append($"<tr><td>{Encode(client.Address)}</td><td class=\"n\">{Number(client.Attempts.Total)}</td>")
                .Append($"<td class=\"t\">{Time(client.FirstSeen)}</td><td class=\"t\">{Time(client.LastSeen)}</td></tr>");
        }

        page.Append("</tbody></table></div>");
    }

    private static void Row(StringBuilder page, string name, string value, bool isBad) => page
        .Append($"<tr><th scope=\"row\">{Encode(name)}</th><td{(isBad ? " class=\"bad\"" : "")}>{Encode(value)}</td></tr>");

    private static string Word(bool? state, string yes, string no, string unknown) => state switch
    {
        true => yes,
        false => no,
        null => unknown,
    };

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
