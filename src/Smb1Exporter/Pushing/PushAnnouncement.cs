namespace Smb1Exporter.Pushing;

/// <summary>Says at the start what is pushed, or that variables for it have no effect.</summary>
internal static partial class PushAnnouncement
{
    /// <param name="logger">Where to.</param>
    /// <param name="options">What is pushed; null for nothing.</param>
    /// <param name="configuration">Where the variables are.</param>
    public static void Write(ILogger logger, PushOptions? options, IConfiguration configuration)
    {
        if (options is not null)
        {
            Log.Pushed(logger, options.ShownEndpoint, options.IsGrpc ? "grpc" : "http/protobuf", options.Interval);
            return;
        }

        var unused = PushVariables.FindForOtlp(configuration);
        if (unused.Count > 0 && !unused.Any(name => name.EndsWith("_ENDPOINT", StringComparison.OrdinalIgnoreCase)))
        {
            Log.Unused(logger, string.Join(", ", unused));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 800, Level = LogLevel.Information, Message = "Metrics are pushed to {Endpoint} by {Protocol}, every {Interval}")]
        public static partial void Pushed(ILogger logger, string endpoint, string protocol, TimeSpan interval);

        [LoggerMessage(EventId = 801, Level = LogLevel.Warning, Message =
            "Nothing is pushed: {Variables} has no effect without OTEL_EXPORTER_OTLP_ENDPOINT. Set that too, or remove it.")]
        public static partial void Unused(ILogger logger, string variables);
    }
}
