using Smb1Exporter.Reporting;
using Smb1Exporter.Serving;

namespace Smb1Exporter.Pages;

/// <summary>What the exporter shows to people: the page, and the report as a page and as a table.</summary>
internal static class PageEndpoints
{
    /// <param name="endpoints">Where the pages are added.</param>
    /// <param name="current">What is known right now.</param>
    public static void MapPages(this IEndpointRouteBuilder endpoints, Func<Evidence> current)
    {
        var writer = endpoints.ServiceProvider.GetRequiredService<AnswerWriter>();
        endpoints.MapGetAndHead("/", context => WriteAsync(
            writer,
            context,
            "text/html",
            () => HomePage.Write(current(), ClientOrder.Parse(context.Request.Query["sort"], context.Request.Query["order"]))));
        endpoints.MapGetAndHead("/report", context => WriteAsync(writer, context, "text/html", () => HtmlReport.Write(current())));
        endpoints.MapGetAndHead("/report.csv", context =>
        {
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"{CsvReport.FileName}\"";
            return WriteAsync(writer, context, "text/csv", () => CsvReport.Write(current()));
        });
    }

    private static Task WriteAsync(AnswerWriter writer, HttpContext context, string type, Func<string> render)
    {
        context.Response.ContentType = $"{type}; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = Html.ContentSecurityPolicy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return writer.WriteAsync(context, render);
    }
}
