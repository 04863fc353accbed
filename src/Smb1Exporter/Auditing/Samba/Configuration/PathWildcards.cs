namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>
/// Paths in which something unknown stands for any text but a slash. It is written as NUL, which no path holds: a <c>*</c> in smb.conf is itself.
/// </summary>
internal static class PathWildcards
{
    /// <summary>What stands for any text, none included.</summary>
    public const char Any = '\0';

    /// <summary>So many entries of folders are looked at.</summary>
    internal const int MostEntries = 20_000;

    /// <summary>The paths that exist and match, in the order of their names.</summary>
    /// <param name="pattern">An absolute path.</param>
    /// <param name="most">So many are returned at most.</param>
    /// <param name="isCut">Whether there may be more.</param>
    public static List<string> Expand(string pattern, int most, out bool isCut)
    {
        var left = MostEntries;
        List<string> found = [""];
        foreach (var part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            List<string> next = [];
            foreach (var folder in found)
            {
                next.AddRange(part.Contains(Any, StringComparison.Ordinal) ? EntriesOf(folder + "/", part, ref left) : [$"{folder}/{part}"]);
            }

            found = next;
        }

        found.RemoveAll(path => !Path.Exists(path));
        found.Sort(StringComparer.Ordinal);
        isCut = left <= 0 || found.Count > most;
        return isCut ? [.. found.Take(most)] : found;
    }

    /// <summary>Whether a name matches a part of a path.</summary>
    public static bool Matches(string part, string name)
    {
        var texts = part.Split(Any);
        if (texts.Length == 1)
        {
            return part == name;
        }

        if (name.Length < texts[0].Length + texts[^1].Length
            || !name.StartsWith(texts[0], StringComparison.Ordinal)
            || !name.EndsWith(texts[^1], StringComparison.Ordinal))
        {
            return false;
        }

        var rest = name.AsSpan(texts[0].Length..^texts[^1].Length);
        foreach (var text in texts[1..^1])
        {
            var at = rest.IndexOf(text, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            rest = rest[(at + text.Length)..];
        }

        return true;
    }

    private static List<string> EntriesOf(string folder, string part, ref int left)
    {
        List<string> entries = [];
        try
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
            {
                if (--left <= 0)
                {
                    break;
                }

                if (Matches(part, Path.GetFileName(entry)))
                {
                    entries.Add(entry);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is no folder, or went away, or only smbd may look into it.
        }

        return entries;
    }
}
