namespace Smb1Exporter.State;

/// <summary>The state file cannot be written now; nothing is lost, as long as memory holds.</summary>
/// <param name="isLocked">Whether another program holds the file.</param>
/// <param name="message">The file, what is wrong, and the remedy: sentences.</param>
/// <param name="inner">What failed.</param>
internal sealed class StateNotWrittenException(bool isLocked, string message, Exception inner) : Exception(message, inner)
{
    /// <summary>Whether another program holds the file.</summary>
    public bool IsLocked { get; } = isLocked;
}
