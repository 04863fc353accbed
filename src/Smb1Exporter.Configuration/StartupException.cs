namespace Smb1Exporter.Configuration;

/// <summary>The program cannot start, or do what it was told. The message is all that the user sees: it names the thing, the value and the remedy.</summary>
public sealed class StartupException : Exception
{
    public StartupException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
