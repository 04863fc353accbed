namespace Smb1Exporter.Auditing;

/// <summary>The values of the label <c>reason</c>.</summary>
internal static class ReadErrorLabel
{
    public static string Of(ReadErrorReason reason) => reason switch
    {
        ReadErrorReason.Malformed => "malformed",
        ReadErrorReason.Oversized => "oversized",
        ReadErrorReason.Incomplete => "incomplete",
        ReadErrorReason.InvalidClient => "invalid_client",
        ReadErrorReason.AccessDenied => "access_denied",
        ReadErrorReason.NotFound => "not_found",
        ReadErrorReason.Io => "io",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
