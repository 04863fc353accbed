using System.Text;

namespace Smb1Exporter.Pushing;

/// <summary>
/// What an endpoint says that took a request but left out some of it: an ExportMetricsServiceResponse of opentelemetry-proto 1.x
/// (collector/metrics/v1/metrics_service.proto). Pure.
/// </summary>
internal static class PartialSuccess
{
    private const int ResponsePartialSuccess = 1;
    private const int RejectedDataPoints = 1;
    private const int ErrorMessage = 2;

    /// <summary>How many values were left out, and why; null where none were, or the answer is none of the kind.</summary>
    public static string? Read(ReadOnlySpan<byte> answer)
    {
        try
        {
            var fields = new ProtobufFields(answer);
            while (fields.Next())
            {
                if (fields.Number == ResponsePartialSuccess)
                {
                    return ReadRejected(fields.Content);
                }
            }
        }
        catch (InvalidDataException)
        {
            // Some answer with a text; that they took the request is in the status.
        }

        return null;
    }

    private static string? ReadRejected(ReadOnlySpan<byte> partialSuccess)
    {
        var (rejected, message) = (0UL, "");
        var fields = new ProtobufFields(partialSuccess);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case RejectedDataPoints:
                    rejected = fields.Value;
                    break;
                case ErrorMessage:
                    message = Encoding.UTF8.GetString(fields.Content);
                    break;
            }
        }

        return rejected == 0 ? null : $"{Figures.Count((long)rejected, "value")}: {Wording.Shown(message)}";
    }
}
