namespace Smb1Exporter.Auditing;

/// <summary>Makes a finding readable behind others in a log line, on the page and in <c>check</c>.</summary>
internal static class Sentence
{
    /// <summary>Begins it with a capital letter and ends it with a full stop.</summary>
    public static string Of(string text)
    {
        var trimmed = text.Trim().TrimEnd('.');
        if (trimmed.Length == 0)
        {
            return "";
        }

        // The name of a file or a program stays as it is.
        var first = trimmed.Split(' ')[0];
        return first.All(char.IsAsciiLetterLower) ? $"{char.ToUpperInvariant(trimmed[0])}{trimmed[1..]}." : $"{trimmed}.";
    }
}
