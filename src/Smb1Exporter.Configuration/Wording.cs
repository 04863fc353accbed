using System.Globalization;
using System.Text;

namespace Smb1Exporter.Configuration;

/// <summary>How messages are worded: what a user or a program wrote is shown, guessed at, made a sentence. Pure.</summary>
public static class Wording
{
    /// <summary>The text on one line: what could break or forge a line becomes U+FFFD, over-long text ends in "…".</summary>
    /// <param name="text">What was written.</param>
    /// <param name="longest">How many characters are shown.</param>
    public static string Shown(string text, int longest = 255)
    {
        ArgumentNullException.ThrowIfNull(text);
        var runes = text.EnumerateRunes().ToList();
        var shown = string.Concat(runes.Take(longest).Select(rune => IsUnsafe(rune) ? Rune.ReplacementChar : rune));
        return runes.Count > longest ? $"{shown}…" : shown;
    }

    /// <summary>A finding that can stand behind others: it begins with a capital letter and ends with a full stop.</summary>
    public static string Sentence(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim().TrimEnd('.');
        if (trimmed.Length == 0)
        {
            return "";
        }

        // The name of a file or a program stays as it is.
        var first = trimmed.Split(' ')[0];
        return first.All(char.IsAsciiLetterLower) ? $"{char.ToUpperInvariant(trimmed[0])}{trimmed[1..]}." : $"{trimmed}.";
    }

    /// <summary>So many words, with commas, and how many there are besides: "a, b and 3 more".</summary>
    /// <param name="words">All of them.</param>
    /// <param name="most">How many are shown.</param>
    public static string Listed(IReadOnlyCollection<string> words, int most)
    {
        ArgumentNullException.ThrowIfNull(words);
        return string.Join(", ", words.Take(most)) + (words.Count > most ? $" and {words.Count - most} more" : "");
    }

    /// <summary>The nearest of <paramref name="known"/>, or null when none is near.</summary>
    public static string? Nearest(string typed, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(typed);
        var nearest = known.MinBy(name => Distance(typed, name));
        return nearest is not null && Distance(typed, nearest) <= Math.Max(2, typed.Length / 3) ? nearest : null;
    }

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>Levenshtein's distance, ignoring case: how many letters to add, drop or change.</summary>
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var cost = char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + cost));
            }
        }

        return row[^1];
    }
}
