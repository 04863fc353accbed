using Google.Protobuf;
using Smb1Exporter.Pushing.Protocol;

namespace Smb1Exporter.Pushing;

/// <summary>What an endpoint says that took a request but left out some of it. Pure.</summary>
internal static class LeftOut
{
    /// <summary>How many values were left out, and why; null where none were, or the answer is none of the kind.</summary>
    public static string? Read(ReadOnlySpan<byte> answer)
    {
        try
        {
            return ExportResponse.Parser.ParseFrom(answer).PartialSuccess is { RejectedDataPoints: not 0 } rejected
                ? $"{Figures.Count(rejected.RejectedDataPoints, "value")}: {Wording.Shown(rejected.ErrorMessage)}"
                : null;
        }
        catch (InvalidProtocolBufferException)
        {
            // Some answer with a text; that they took the request is in the status.
            return null;
        }
    }
}
