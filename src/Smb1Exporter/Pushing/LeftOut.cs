using Google.Protobuf;

namespace Smb1Exporter.Pushing;

/// <summary>
/// What an endpoint says that took a request but left out some of it: an ExportMetricsServiceResponse of opentelemetry-proto 1.x
/// (collector/metrics/v1/metrics_service.proto). Pure.
/// </summary>
internal static class LeftOut
{
    private const int ResponsePartialSuccess = 1;
    private const int RejectedDataPoints = 1;
    private const int ErrorMessage = 2;

    /// <summary>How many values were left out, and why; null where none were, or the answer is none of the kind.</summary>
    public static string? Read(ReadOnlySpan<byte> answer)
    {
        try
        {
            var fields = ProtobufField.Read(ProtobufField.Find(ProtobufField.Read(ByteString.CopyFrom(answer)), ResponsePartialSuccess));
            return fields.Find(field => field.Number == RejectedDataPoints).Value is not 0 and var rejected
                ? $"{Figures.Count((long)rejected, "value")}: {Wording.Shown(ProtobufField.Find(fields, ErrorMessage).ToStringUtf8())}"
                : null;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            // Some answer with a text; that they took the request is in the status.
            return null;
        }
    }
}
