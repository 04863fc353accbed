using System.Globalization;
using System.Text;

namespace Smb1Exporter.TicketReceiver.PlainText;

/// <summary>Makes text from the network fit for one line of a ticket, a page or a log.</summary>
internal static class SafeText
{
    /// <summary>The longest a label's value is shown, in characters as a reader counts them. A DNS name has at most 253.</summary>
    public const int MaxLength = 255;

    /// <summary>Stands where a character was that could break or forge a line.</summary>
    public const char Replacement = '\uFFFD';

    // A single visible character may be built of any number of combining marks: their number is bounded too.
    private const int MaxCodeUnitsPerCharacter = 8;

    /// <summary>
    /// <paramref name="value"/> on one line: control characters, line and paragraph separators, and invisible format characters (such as
    /// those that turn the direction of text) become <see cref="Replacement"/>, blanks at both ends go, over-long text ends in "…".
    /// Null when nothing is left.
    /// </summary>
    public static string? Line(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return null;
        }

        var line = new StringBuilder(value.Length);
        foreach (var rune in value.EnumerateRunes())
        {
            if (IsUnsafe(rune))
            {
                line.Append(Replacement);
            }
            else
            {
                line.Append(rune);
            }
        }

        var text = line.ToString().Trim();
        return text.Length == 0 ? null : Cut(text, MaxLength);
    }

    /// <summary>Cuts between characters as a reader counts them, never within one; what was cut ends in "…".</summary>
    public static string Cut(string text, int maxLength)
    {
        if (text.Length <= maxLength)
        {
            return text;
        }

        var end = 0;
        var endWithEllipsis = 0;
        for (var count = 0; end < text.Length; count++)
        {
            var next = end + StringInfo.GetNextTextElementLength(text, end);
            if (count == maxLength || next > maxLength * MaxCodeUnitsPerCharacter)
            {
                return string.Concat(text.AsSpan(0, endWithEllipsis).TrimEnd(), "…");
            }

            endWithEllipsis = count < maxLength - 1 ? next : endWithEllipsis;
            end = next;
        }

        return text;
    }

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate
        or UnicodeCategory.OtherNotAssigned;
}
