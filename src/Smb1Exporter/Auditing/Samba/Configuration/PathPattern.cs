using System.Text.RegularExpressions;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>Whether two patterns of paths can mean the same file: a glob of logrotate and a log with substitutions.</summary>
internal static class PathPattern
{
    private static readonly Func<char, bool> InName = c => c != '/';

    /// <summary>Whether a file exists in principle that both mean.</summary>
    /// <param name="glob">A glob (glob(7)): <c>*</c>, <c>?</c> and <c>[…]</c>, none of which stands for a slash.</param>
    /// <param name="log">A log, as <see cref="AuditLogPath"/> writes it.</param>
    public static bool Overlap(string glob, string log)
    {
        var (one, other) = (PartsOfGlob(glob), PartsOfLog(log));

        // Whether what is left of both patterns can meet; row by row from their ends, so that no pattern is too long for the stack.
        bool[] below = [];
        for (var i = one.Count; i >= 0; i--)
        {
            var row = new bool[other.Count + 1];
            for (var j = other.Count; j >= 0; j--)
            {
                var (first, second) = (i < one.Count ? one[i] : null, j < other.Count ? other[j] : null);
                row[j] = (first, second) switch
                {
                    (null, null) => true,
                    (null, { Repeats: true }) => row[j + 1],
                    ({ Repeats: true }, null) => below[j],
                    (null, _) or (_, null) => false,
                    _ => (first.Repeats && below[j])
                        || (second.Repeats && row[j + 1])
                        || (first.SharesWith(second) && (first.Repeats, second.Repeats) switch
                        {
                            (false, false) => below[j + 1],
                            (true, false) => row[j + 1],
                            (false, true) => below[j],
                            _ => false,
                        }),
                };
            }

            below = row;
        }

        return below[0];
    }

    private static List<Part> PartsOfGlob(string glob)
    {
        var parts = new List<Part>();
        for (var i = 0; i < glob.Length; i++)
        {
            var end = glob[i] == '[' && i + 2 < glob.Length ? glob.IndexOf(']', i + 2) : -1;
            parts.Add(glob[i] switch
            {
                '*' => new Part(null, InName, Repeats: true),
                '?' => new Part(null, InName, Repeats: false),
                '[' when end > 0 => new Part(null, MembersOf(glob[(i + 1)..end]), Repeats: false),
                var c => new Part(c, null, Repeats: false),
            });
            i = end > 0 ? end : i;
        }

        return parts;
    }

    private static List<Part> PartsOfLog(string log)
    {
        var parts = new List<Part>();
        var end = 0;
        foreach (Match wildcard in AuditLogPath.Wildcard().Matches(log))
        {
            parts.AddRange(log[end..wildcard.Index].Select(c => new Part(c, null, Repeats: false)));
            parts.Add(new Part(null, InName, Repeats: true));
            end = wildcard.Index + wildcard.Length;
        }

        parts.AddRange(log[end..].Select(c => new Part(c, null, Repeats: false)));
        return parts;
    }

    /// <summary>The characters of a bracket expression, with ranges and negation.</summary>
    private static Func<char, bool> MembersOf(string set)
    {
        var negated = set is ['!' or '^', ..];
        var members = negated ? set[1..] : set;
        return c => c != '/' && negated != Contains(members, c);
    }

    private static bool Contains(string members, char c)
    {
        for (var i = 0; i < members.Length; i++)
        {
            var isRange = i + 2 < members.Length && members[i + 1] == '-';
            if (isRange ? c >= members[i] && c <= members[i + 2] : c == members[i])
            {
                return true;
            }

            i += isRange ? 2 : 0;
        }

        return false;
    }

    /// <summary>One character, or one or any number of those that <paramref name="Class"/> admits.</summary>
    private sealed record Part(char? Character, Func<char, bool>? Class, bool Repeats)
    {
        /// <summary>Whether a character fits both; of two classes it is assumed.</summary>
        public bool SharesWith(Part other) => (Character, other.Character) switch
        {
            ({ } one, { } two) => one == two,
            ({ } one, null) => other.Class!(one),
            (null, { } two) => Class!(two),
            _ => true,
        };
    }
}
