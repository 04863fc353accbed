using System.Text;

namespace Smb1Exporter.Auditing;

/// <summary>How messages show the beginning of text that came from the network: as printable ASCII, with everything else escaped.</summary>
internal static class Excerpt
{
    private const int Limit = 120;

    /// <summary>The first 120 characters, in quotation marks; "(none)" for null.</summary>
    public static string Of(string? text)
    {
        if (text is null)
        {
            return "(none)";
        }

        var kept = text.Length > Limit ? text[..Limit] : text;
        var escaped = string.Concat(kept.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:x4}"));
        return text.Length > Limit ? $"\"{escaped}\"…" : $"\"{escaped}\"";
    }

    /// <summary>The beginning of bytes in no certain encoding; at most 120 characters.</summary>
    public static string Of(ReadOnlySpan<byte> text)
    {
        var excerpt = new StringBuilder(Limit);
        foreach (var value in text)
        {
            var shown = value is >= 0x20 and < 0x7f and not (byte)'\\' ? ((char)value).ToString() : $"\\x{value:x2}";
            if (excerpt.Length + shown.Length > Limit - 1)
            {
                return excerpt.Append('…').ToString();
            }

            excerpt.Append(shown);
        }

        return excerpt.ToString();
    }
}
