using Smb1Exporter.Reporting;

namespace Smb1Exporter.Pages;

/// <summary>What the exporter shows to people: the page, and the report as a page and as a table.</summary>
internal static class PageEndpoints
{
    /// <param name="endpoints">Where the pages are added.</param>
    /// <param name="current">What is known right now.</param>
    public static void MapPages(this IEndpointRouteBuilder endpoints, Func<Evidence> current)
    {
        endpoints.MapGet("/", (RequestDelegate)(context => WriteAsync(
            context,
            "text/html",
            HomePage.Write(current(), ClientOrder.Parse(context.Request.Query["sort"], context.Request.Query["order"])))));
        endpoints.MapGet("/report", (RequestDelegate)(context => WriteAsync(context, "text/html", HtmlReport.Write(current()))));
        endpoints.MapGet("/report.csv", (RequestDelegate)(context =>
        {
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"{CsvReport.FileName}\"";
            return WriteAsync(context, "text/csv", CsvReport.Write(current()));
        }));
    }

    private static Task WriteAsync(HttpContext context, string type, string text)
    {
        context.Response.ContentType = $"{type}; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = Html.ContentSecurityPolicy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
