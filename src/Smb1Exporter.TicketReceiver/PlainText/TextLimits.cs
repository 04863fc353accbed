using System.Globalization;

namespace Smb1Exporter.TicketReceiver.PlainText;

/// <summary>Makes a text fit where a ticketing system takes only so much, and says that it was cut. Pure.</summary>
internal static class TextLimits
{
    /// <summary>At most <paramref name="longest"/> characters (UTF-16 code units), cut between lines; the last line says how many are missing.</summary>
    /// <param name="text">Lines ended by a line feed.</param>
    /// <param name="longest">Room for at least one line of the text is expected.</param>
    public static string Lines(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        var lines = text.Split('\n');
        var last = Missing(lines.Length);
        var kept = 0;
        for (var length = last.Length; kept < lines.Length && length + lines[kept].Length + 1 <= longest; kept++)
        {
            length += lines[kept].Length + 1;
        }

        return kept == 0 ? Line(lines[0], longest) : string.Join('\n', lines.Take(kept).Append(Missing(lines.Length - kept)));
    }

    /// <summary>At most <paramref name="longest"/> characters (UTF-16 code units) of one line, cut between characters; what was cut ends in "…".</summary>
    public static string Line(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        var end = 0;
        while (end + StringInfo.GetNextTextElementLength(text, end) is var next && next < longest)
        {
            end = next;
        }

        return string.Concat(text.AsSpan(0, end).TrimEnd(), "…");
    }

    private static string Missing(int lines) => $"… and {Figures.Count(lines, "more line", "D")}, which this ticketing system has no room for";
}
