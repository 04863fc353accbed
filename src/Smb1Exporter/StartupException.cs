namespace Smb1Exporter;

/// <summary>The program cannot start or go on. The message is for people: it names the thing, the value and the remedy.</summary>
public sealed class StartupException : Exception
{
    public StartupException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
