namespace Smb1Exporter.Commands;

/// <summary>One thing that <c>check</c> looked at.</summary>
/// <param name="IsFault">Whether it has to be mended for SMB1 clients to be seen.</param>
/// <param name="Subject">What was looked at.</param>
/// <param name="Text">What was found, with the remedy when it is a fault.</param>
internal sealed record Finding(bool IsFault, string Subject, string Text)
{
    public static Finding Ok(string subject, string text) => new(false, subject, text);

    public static Finding Fault(string subject, string text) => new(true, subject, text);
}
