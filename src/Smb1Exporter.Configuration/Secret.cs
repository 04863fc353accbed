namespace Smb1Exporter.Configuration;

/// <summary>
/// A password or token, from a file or the environment. It shows itself nowhere by accident: as a text it is three stars. A file is read at
/// each use, so that a new secret holds at once.
/// </summary>
public sealed class Secret
{
    /// <summary>Stands where a secret was.</summary>
    public const string Redacted = "***";

    private const int LongestFile = 16 * 1024;

    private readonly string _setting;
    private readonly string? _file;
    private readonly string? _value;

    private Secret(string setting, string? file, string? value)
    {
        _setting = setting;
        _file = file;
        _value = value;
    }

    /// <summary>A secret in a file.</summary>
    /// <param name="setting">The setting that names the file.</param>
    /// <param name="path">The file.</param>
    public static Secret InFile(string setting, string path) => new(setting, Path.GetFullPath(path), null);

    /// <summary>A secret of the environment.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="value">The secret itself.</param>
    public static Secret Of(string setting, string value) => new(setting, null, value);

    /// <summary>The secret itself: the file's one line, or the value.</summary>
    /// <exception cref="StartupException">The file cannot be read or holds none; the message says why and what to do.</exception>
    public string Reveal()
    {
        if (_value is not null)
        {
            return _value;
        }

        try
        {
            using var reader = new StreamReader(_file!);
            var content = new char[LongestFile + 1];
            var secret = content.AsSpan(0, reader.ReadBlock(content)).TrimEnd("\r\n").ToString();
            return Fault(secret) is { } fault ? throw Unusable(fault) : secret;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary><paramref name="text"/> with the secret taken out. Texts that a remote system sent may hold it.</summary>
    public string RedactIn(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return Reveal() is { Length: > 0 } secret ? text.Replace(secret, Redacted, StringComparison.Ordinal) : text;
        }
        catch (StartupException)
        {
            // Without a readable file there is nothing to give away.
            return text;
        }
    }

    /// <inheritdoc />
    public override string ToString() => Redacted;

    private static string? Fault(string secret) => secret switch
    {
        "" => "is empty",
        { Length: > LongestFile } => $"is longer than {LongestFile} characters",
        _ when secret.Any(char.IsControl) => "holds more than one line, or control characters",
        _ => null,
    };

    private StartupException Unusable(string problem, Exception? cause = null) => new(
        $"{_setting}: {_file} {problem}. Put the secret into it as one line, readable by the account of this program alone.", cause);
}
