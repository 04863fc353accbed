using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>Answers a request that is not done, and tells both sides why: problem+json to the sender, to us a counter and a log line, of each reason one a minute at most.</summary>
internal sealed partial class RefusalWriter : IDisposable
{
    private readonly AlertsMetrics _metrics;
    private readonly ILogger<RefusalWriter> _logger;
    private readonly LogSummary<RefusalReason> _summary;

    public RefusalWriter(AlertsMetrics metrics, TimeProvider timeProvider, ILogger<RefusalWriter> logger)
    {
        (_metrics, _logger) = (metrics, logger);
        _summary = new LogSummary<RefusalReason>(timeProvider, LogFurther);
    }

    public Task WriteAsync(HttpContext context, RefusalReason reason, string detail)
    {
        var status = StatusOf(reason);
        if (context.Request.Path.Equals(AlertsEndpoint.Path, StringComparison.OrdinalIgnoreCase))
        {
            _metrics.Refused(reason);
        }

        var level = LevelOf(status);
        if (_logger.IsEnabled(level) && _summary.IsFirst(reason))
        {
            var path = SafeText.Line(context.Request.Path.Value) ?? "/";
            var remote = Remote.Of(context);
            var label = AlertsMetrics.LabelOf(reason);
            Log.Refused(_logger, level, context.Request.Method, path, remote, status, label, detail);
        }

        return TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
    }

    public void Dispose() => _summary.Dispose();

    private void LogFurther(RefusalReason reason, long count)
    {
        var level = LevelOf(StatusOf(reason));
        if (_logger.IsEnabled(level))
        {
            var label = AlertsMetrics.LabelOf(reason);
            Log.MoreRefused(_logger, level, count, label);
        }
    }

    private static LogLevel LevelOf(int status) => status >= StatusCodes.Status500InternalServerError ? LogLevel.Error : LogLevel.Warning;

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

        [LoggerMessage(EventId = 101, Message = "{Count} more requests were refused within a minute ({Reason})")]
        public static partial void MoreRefused(ILogger logger, LogLevel level, long count, string reason);
    }
}
