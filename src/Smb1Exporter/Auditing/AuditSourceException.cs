namespace Smb1Exporter.Auditing;

/// <summary>The audit log as a whole cannot be read. The message is for people: it names the log, what is wrong and the remedy.</summary>
internal sealed class AuditSourceException : Exception
{
    public AuditSourceException(ReadErrorReason reason, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
    }

    /// <summary>The label value the failed read is counted under.</summary>
    public ReadErrorReason Reason { get; }
}
