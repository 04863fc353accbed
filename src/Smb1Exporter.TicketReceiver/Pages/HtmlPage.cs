using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Smb1Exporter.TicketReceiver.Pages;

/// <summary>The frame of every page: no script, one style sheet, and headers that forbid all else.</summary>
internal static class HtmlPage
{
    private const string Style = """
        :root{color-scheme:light dark;--line:#8886;--soft:#8882;--accent:#0b57b0;--paper:#fff;--ink:#1b1b1b}
        @media(prefers-color-scheme:dark){:root{--accent:#8cc0ff;--paper:#1b1b1b;--ink:#eee}}
        html{background:var(--paper);color:var(--ink)}
        body{font:1rem/1.45 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
        h1{font-size:1.4rem}h2{font-size:1.1rem;margin:0}h3{font-size:.95rem;margin:.8rem 0 .2rem}
        a{color:var(--accent)}
        article{border:1px solid var(--line);border-radius:.5rem;padding:.8rem;margin:1rem 0}
        article.closed{border-style:dashed}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--soft);border-radius:.3rem;padding:.6rem;margin:.4rem 0;font-size:.9rem}
        p{margin:.4rem 0;overflow-wrap:anywhere}h2{overflow-wrap:anywhere}
        button{font:inherit;padding:.4rem .9rem;min-height:2.6rem}
        nav{display:flex;gap:1rem;flex-wrap:wrap;margin:.6rem 0 1rem}
        .state{font-weight:600}
        table{border-collapse:collapse;width:100%}
        caption{text-align:left;font-weight:600;padding:.3rem 0}
        th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);overflow-wrap:break-word;max-width:24rem}
        .wide{overflow-x:auto}
        form.filter{display:flex;gap:.8rem;flex-wrap:wrap;align-items:end;margin:.8rem 0}
        label{display:block;font-size:.9rem}
        input,select{font:inherit;padding:.4rem;min-height:2.6rem;box-sizing:border-box;max-width:100%}
        .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .actions{display:flex;gap:.8rem;flex-wrap:wrap}
        """;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    // The style sheet alone is allowed, by its hash.
    private static readonly string ContentSecurityPolicy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Text made harmless for HTML. Every value on a page goes through here.</summary>
    public static string Encode(string text) => Encoder.Encode(text);

    /// <summary>Text of several lines, as it is.</summary>
    public static string Text(string text) => $"<pre>{string.Join('\n', text.Split('\n').Select(Encode))}</pre>";

    /// <summary>A time as people read it, and as programs do.</summary>
    public static string Time(DateTimeOffset time) => $"<time datetime=\"{Figures.Rfc3339(time)}\">{Figures.Time(time)} UTC</time>";

    /// <summary>A form that is a single button.</summary>
    /// <param name="action">Where it posts to.</param>
    /// <param name="text">What it says.</param>
    /// <param name="of">What it says further to those who do not see where it stands.</param>
    public static string Button(string action, string text, string of = "") =>
        $"<form method=\"post\" action=\"{Encode(action)}\"><button type=\"submit\">{Encode(text)}"
        + $"{(of.Length > 0 ? $"<span class=\"unseen\">{Encode(of)}</span>" : "")}</button></form>";

    /// <summary>Sends a page.</summary>
    /// <param name="context">The request to answer.</param>
    /// <param name="title">Plain text.</param>
    /// <param name="content">HTML.</param>
    public static Task WriteAsync(HttpContext context, string title, string content)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        context.Response.ContentType = "text/html; charset=utf-8";
        var name = Encode(title);
        return context.Response.WriteAsync(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            + $"<title>{name}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{Style}</style>\n</head>\n<body>\n<main>\n<h1>{name}</h1>\n{content}</main>\n"
            + $"<footer><p>smb1-ticket-receiver {Encode(ProgramVersion.Text)}</p></footer>\n</body>\n</html>\n",
            context.RequestAborted);
    }
}
