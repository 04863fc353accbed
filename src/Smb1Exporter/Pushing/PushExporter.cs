using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Smb1Exporter.Pushing;

/// <summary>OpenTelemetry's exporter, whose failures are told: one line when they begin, or become others, and one when they end.</summary>
internal sealed partial class PushExporter(OtlpExporterOptions exporterOptions, PushOptions options, PushHandler handler, ILogger<PushExporter> logger)
    : OtlpMetricExporter(exporterOptions)
{
    private PushProblem? _told;
    private bool _toldLeftOut;

    /// <inheritdoc />
    public override ExportResult Export(in Batch<Metric> metrics)
    {
        handler.Problem = PushProblem.NotSent;
        var result = base.Export(in metrics);
        Tell(handler.Problem);
        TellLeftOut(handler.Problem is null ? handler.LeftOut : null);
        return result;
    }

    private void Tell(PushProblem? problem)
    {
        if (problem?.Kind == _told?.Kind)
        {
            return;
        }

        if (problem is null)
        {
            Log.PushedAgain(logger, options.ShownEndpoint);
        }
        else if (problem != PushProblem.Stopped)
        {
            Log.NotPushed(logger, options.ShownEndpoint, problem.Text, problem.Remedy, options.Interval);
        }
        else if (_told is null)
        {
            Log.NotPushedAtStop(logger, options.ShownEndpoint, problem.Text, problem.Remedy);
        }

        _told = problem;
    }

    private void TellLeftOut(string? leftOut)
    {
        if (leftOut is not null && !_toldLeftOut)
        {
            Log.LeftOut(logger, options.ShownEndpoint, leftOut);
        }

        _toldLeftOut = leftOut is not null;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 802, Level = LogLevel.Warning, Message =
            "Metrics cannot be pushed to {Endpoint}: {Problem}. {Remedy} Nothing is lost: totals are pushed whole, and it is tried again every {Interval}.")]
        public static partial void NotPushed(ILogger logger, string endpoint, string problem, string remedy, TimeSpan interval);

        [LoggerMessage(EventId = 803, Level = LogLevel.Information, Message = "Metrics are pushed to {Endpoint} again.")]
        public static partial void PushedAgain(ILogger logger, string endpoint);

        [LoggerMessage(EventId = 804, Level = LogLevel.Warning, Message = "The last metrics could not be pushed to {Endpoint}: {Problem}. {Remedy}")]
        public static partial void NotPushedAtStop(ILogger logger, string endpoint, string problem, string remedy);

        [LoggerMessage(EventId = 805, Level = LogLevel.Warning, Message = "{Endpoint} took the metrics but left out {LeftOut}")]
        public static partial void LeftOut(ILogger logger, string endpoint, string leftOut);
    }
}
