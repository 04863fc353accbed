using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>Answers a request that is not done, and tells both sides why: problem+json to the sender, a counter and a log line to us.</summary>
internal sealed partial class RefusalWriter(AlertsMetrics metrics, ILogger<RefusalWriter> logger)
{
    public Task WriteAsync(HttpContext context, RefusalReason reason, string detail)
    {
        var status = StatusOf(reason);
        if (context.Request.Path.Equals(AlertsEndpoint.Path, StringComparison.OrdinalIgnoreCase))
        {
            metrics.Refused(reason);
        }

        var level = status >= StatusCodes.Status500InternalServerError ? LogLevel.Error : LogLevel.Warning;
        if (logger.IsEnabled(level))
        {
            var path = SafeText.Line(context.Request.Path.Value) ?? "/";
            var remote = context.Connection.RemoteIpAddress?.ToString() ?? "a local client";
            var label = AlertsMetrics.LabelOf(reason);
            Log.Refused(logger, level, context.Request.Method, path, remote, status, label, detail);
        }

        return TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
    }

    private static int StatusOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Unauthorized => StatusCodes.Status401Unauthorized,
        RefusalReason.Forbidden => StatusCodes.Status403Forbidden,
        RefusalReason.TooLarge => StatusCodes.Status413PayloadTooLarge,
        // Sent again it may well be right, and Alertmanager sends nothing again after a 4xx.
        RefusalReason.Interrupted or RefusalReason.NotStored => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 100, Message = "{Method} {Path} from {Remote} refused with {Status} ({Reason}): {Detail}")]
        public static partial void Refused(
            ILogger logger, LogLevel level, string method, string path, string remote, int status, string reason, string detail);
    }
}
