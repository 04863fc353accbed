using System.Security.Cryptography;
using System.Text;

namespace Smb1Exporter.TicketReceiver.Access;

/// <summary>The token that senders and readers must show. Its file is read each time, so a new token holds at once.</summary>
internal sealed class AccessToken(AccessOptions options)
{
    private const int LongestFile = 4096;

    /// <summary>Whether a token is asked for at all.</summary>
    public bool IsRequired => options.TokenFile is not null;

    /// <summary>Compares in a time that does not depend on how much is right.</summary>
    /// <exception cref="StartupException">The file cannot be used now; the message says why.</exception>
    public bool Matches(string shown)
    {
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes(Read()));
        return CryptographicOperations.FixedTimeEquals(expected, SHA256.HashData(Encoding.UTF8.GetBytes(shown)));
    }

    /// <summary>Checks at start that the file can be used.</summary>
    /// <exception cref="StartupException">It cannot; the message says why and what to do.</exception>
    public void Check()
    {
        if (IsRequired)
        {
            Read();
        }
    }

    private string Read()
    {
        try
        {
            using var file = new StreamReader(options.TokenFile!);
            var content = new char[LongestFile + 1];
            var length = file.ReadBlock(content);
            var token = content.AsSpan(0, length).TrimEnd("\r\n").ToString();
            return Fault(token) is { } fault ? throw Unusable(fault) : token;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"cannot be read: {e.Message}", e);
        }
    }

    private static string? Fault(string token) => token switch
    {
        "" => "is empty",
        { Length: > LongestFile } => $"is longer than {LongestFile} characters",
        _ when token.Any(character => character is <= ' ' or > '~') => "holds more than one line, or a blank or another character than printable ASCII",
        _ => null,
    };

    private StartupException Unusable(string problem, Exception? cause = null) => new(
        $"Receiver:TokenFile: {options.TokenFile} {problem}. Put one long random token into it, for example with: openssl rand -hex 32",
        cause);
}
