namespace Smb1Exporter.Serving;

/// <summary>Logs what strangers are refused, a line a minute and kind at most.</summary>
internal sealed partial class RefusalLog : IDisposable
{
    private readonly ILogger<RefusalLog> _logger;
    private readonly LogSummary<Refusal> _summary;

    public RefusalLog(TimeProvider timeProvider, ILogger<RefusalLog> logger)
    {
        _logger = logger;
        _summary = new LogSummary<Refusal>(timeProvider, LogFurther);
    }

    private enum Refusal
    {
        Connection,
        Answer,
        Host,
    }

    /// <summary>A connection was closed so that another could be accepted.</summary>
    public void ConnectionClosed(string origin, int limit)
    {
        if (_summary.IsFirst(Refusal.Connection))
        {
            Log.ConnectionClosed(_logger, limit, origin);
        }
    }

    /// <summary>An answer was broken off, because the client did not take it.</summary>
    public void AnswerBrokenOff(string remote)
    {
        if (_summary.IsFirst(Refusal.Answer))
        {
            Log.AnswerBrokenOff(_logger, remote);
        }
    }

    /// <summary>A page was refused, because it was asked for under a name that may be somebody else's.</summary>
    public void HostRefused(HttpContext context)
    {
        if (_summary.IsFirst(Refusal.Host))
        {
            Log.HostRefused(_logger, Wording.Shown(context.Request.Host.Host), Remote.Of(context));
        }
    }

    public void Dispose() => _summary.Dispose();

    private void LogFurther(Refusal refusal, long count)
    {
        switch (refusal)
        {
            case Refusal.Connection:
                Log.MoreConnectionsClosed(_logger, count);
                break;
            case Refusal.Answer:
                Log.MoreAnswersBrokenOff(_logger, count);
                break;
            default:
                Log.MoreHostsRefused(_logger, count);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 700, Level = LogLevel.Warning, Message =
            "More than {Limit} connections are open; the least used one, from {Origin}, was closed for a new one. Restrict who can reach the port")]
        public static partial void ConnectionClosed(ILogger logger, int limit, string origin);

        [LoggerMessage(EventId = 701, Level = LogLevel.Warning, Message = "{Count} more connections were closed for new ones within a minute")]
        public static partial void MoreConnectionsClosed(ILogger logger, long count);

        [LoggerMessage(EventId = 702, Level = LogLevel.Warning, Message = "{Remote} did not read its answer in time; the connection was closed")]
        public static partial void AnswerBrokenOff(ILogger logger, string remote);

        [LoggerMessage(EventId = 703, Level = LogLevel.Warning, Message = "{Count} more answers were not read in time within a minute")]
        public static partial void MoreAnswersBrokenOff(ILogger logger, long count);

        [LoggerMessage(EventId = 704, Level = LogLevel.Warning, Message =
            "A page was refused to {Remote}, which asked for the host {Host}. If that is a name of this machine, add it to AllowedHosts")]
        public static partial void HostRefused(ILogger logger, string host, string remote);

        [LoggerMessage(EventId = 705, Level = LogLevel.Warning, Message =
            "{Count} more pages were refused within a minute, because they were asked for with a foreign host name")]
        public static partial void MoreHostsRefused(ILogger logger, long count);
    }
}
