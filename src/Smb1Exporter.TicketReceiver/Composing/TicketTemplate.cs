using System.Text.RegularExpressions;

namespace Smb1Exporter.TicketReceiver.Composing;

/// <summary>
/// Text with placeholders, in the notation of the monitor that this program replaces. All placeholders are replaced in one pass, so a value
/// that looks like a placeholder is printed as it is.
/// </summary>
internal sealed partial class TicketTemplate
{
    /// <summary>The server's name.</summary>
    public const string ComputerName = "COMPUTERNAME";

    /// <summary>The customer, the organisation that owns the server; not the SMB client.</summary>
    public const string ClientName = "CLIENTNAME";

    /// <summary>What was found, one line per client.</summary>
    public const string Result = "RESULT";

    /// <summary>The prescribed subject.</summary>
    public const string DefaultSubject = "SMB1 Traffic Detected on %COMPUTERNAME%";

    /// <summary>The prescribed body: three parts on separate lines.</summary>
    public const string DefaultBody = "SMB1 Traffic detected on %CLIENTNAME%\\%COMPUTERNAME% in the past 1 hour.\nDetails:\n%RESULT%";

    private readonly string _text;

    private TicketTemplate(string text) => _text = text;

    /// <summary>A template of one line, without <c>%RESULT%</c>.</summary>
    /// <exception cref="FormatException">The text is not such a template; the message says why and what to do.</exception>
    public static TicketTemplate ForSubject(string text)
    {
        Check(text, [ComputerName, ClientName]);
        var position = IndexOfControl(text, allowed: "");
        return position < 0
            ? new TicketTemplate(text)
            : throw new FormatException($"a control character or line break at position {position + 1}; a subject is one line");
    }

    /// <summary>A template of any number of lines, each ended by a line feed alone.</summary>
    /// <exception cref="FormatException">The text is not such a template; the message says why and what to do.</exception>
    public static TicketTemplate ForBody(string text)
    {
        Check(text, [ComputerName, ClientName, Result]);
        var position = IndexOfControl(text, allowed: "\n\t");
        if (position < 0)
        {
            return new TicketTemplate(text);
        }

        throw new FormatException(text[position] == '\r'
            ? $"a carriage return at position {position + 1}; end lines with a line feed (\\n) alone"
            : $"a control character at position {position + 1}; remove it");
    }

    /// <summary>The text with each placeholder replaced by its value.</summary>
    public string Render(string customer, string server, string result) => Placeholder().Replace(_text, match =>
        match.Groups[1].ValueSpan switch
        {
            ComputerName => server,
            ClientName => customer,
            Result => result,
            _ => match.Value,
        });

    /// <inheritdoc />
    public override string ToString() => _text;

    private static void Check(string text, string[] known)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new FormatException("it is empty; remove the setting to use the prescribed text");
        }

        foreach (Match match in Placeholder().Matches(text))
        {
            if (!known.Contains(match.Groups[1].Value, StringComparer.Ordinal))
            {
                var names = string.Join(", ", known.Select(name => $"%{name}%"));
                throw new FormatException($"{match.Value} cannot be used here; use {names}");
            }
        }
    }

    private static int IndexOfControl(string text, string allowed)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if ((char.IsControl(text[i]) || text[i] is '\u2028' or '\u2029') && !allowed.Contains(text[i], StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    [GeneratedRegex("%([A-Za-z][A-Za-z0-9_]*)%", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
