namespace Smb1Exporter.Configuration;

/// <summary>The program cannot start, or do what it was told. The message is all that the user sees: it names the thing, the value and the remedy.</summary>
public sealed class StartupException : Exception
{
    public StartupException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Several things are wrong: each stands in a line of its own.</summary>
    /// <param name="what">What is wrong as a whole.</param>
    /// <param name="problems">Each names the thing, the value and the remedy.</param>
    public static StartupException Of(string what, IEnumerable<string> problems) =>
        new($"{what} is wrong:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", problems)}");
}
