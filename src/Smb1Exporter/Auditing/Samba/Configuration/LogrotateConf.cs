using System.Text;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>The part of a configuration of logrotate that says how some files are rotated.</summary>
/// <param name="Source">The file it stands in.</param>
/// <param name="Patterns">The names and globs (glob(7)) of the files.</param>
/// <param name="CopyTruncate">Whether a file is copied and then truncated, instead of renamed.</param>
internal sealed record LogrotateBlock(string Source, IReadOnlyList<string> Patterns, bool CopyTruncate);

/// <summary>
/// Reads the configuration of logrotate as far as it says which files are copied and truncated (logrotate(8), "CONFIGURATION FILE"): options
/// outside of blocks hold for what follows, also in files that are included later; a block has its own.
/// </summary>
/// <param name="include">Gives the files that <c>include PATH</c> stands for, each with its text, in their order.</param>
internal sealed class LogrotateConf(Func<string, IEnumerable<(string Source, string Text)>> include)
{
    private readonly List<LogrotateBlock> _blocks = [];
    private bool _copyTruncate;

    /// <summary>The blocks in the order in which logrotate meets them.</summary>
    public IReadOnlyList<LogrotateBlock> Blocks => _blocks;

    /// <summary>Reads a file.</summary>
    public void Read(string source, string text)
    {
        var lines = new Queue<string>(text.Split('\n').Select(line => line.Trim()));
        var patterns = new List<string>();
        while (lines.TryDequeue(out var line))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            // The names of a block may stand on several lines; options never begin like a name.
            if (patterns.Count > 0 || line[0] is '/' or '"' or '\'' or '~' or '{')
            {
                var (names, opened, rest) = NamesIn(line);
                patterns.AddRange(names);
                if (opened)
                {
                    _blocks.Add(new LogrotateBlock(source, [.. patterns], ReadBlock(rest, lines)));
                    patterns.Clear();
                }

                continue;
            }

            ReadGlobal(line, lines);
        }
    }

    private void ReadGlobal(string line, Queue<string> lines)
    {
        var (option, value) = OptionIn(line);
        if (option == "include")
        {
            foreach (var (source, text) in include(string.Concat(NamesIn(value).Names.Take(1))))
            {
                Read(source, text);
            }
        }

        _copyTruncate = After(option, _copyTruncate);
        SkipScript(option, lines);
    }

    /// <summary>Reads to the end of a block.</summary>
    /// <returns>Whether its files are copied and truncated.</returns>
    private bool ReadBlock(string rest, Queue<string> lines)
    {
        var copyTruncate = _copyTruncate;
        for (string? line = rest.Trim(); line is not null; line = lines.TryDequeue(out var next) ? next : null)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var (option, _) = OptionIn(line.TrimEnd('}').TrimEnd());
            copyTruncate = After(option, copyTruncate);
            SkipScript(option, lines);
            if (line.EndsWith('}'))
            {
                break;
            }
        }

        return copyTruncate;
    }

    private static bool After(string option, bool before) => option switch
    {
        "copytruncate" => true,
        "nocopytruncate" => false,
        _ => before,
    };

    /// <summary>The lines of a script belong to the shell.</summary>
    private static void SkipScript(string option, Queue<string> lines)
    {
        if (option is "prerotate" or "postrotate" or "firstaction" or "lastaction" or "preremove")
        {
            while (lines.TryDequeue(out var line) && line != "endscript")
            {
                // Passed over.
            }
        }
    }

    /// <summary>An option and its value, which white space or "=" keeps apart.</summary>
    private static (string Option, string Value) OptionIn(string line)
    {
        var end = line.IndexOfAny([' ', '\t', '=']);
        return end < 0 ? (line, "") : (line[..end], line[end..].TrimStart(' ', '\t', '='));
    }

    /// <summary>The names in a line, up to the brace that opens a block; quoted as in a shell.</summary>
    private static (IReadOnlyList<string> Names, bool Opened, string After) NamesIn(string line)
    {
        var names = new List<string>();
        var name = new StringBuilder();
        var begun = false;
        char? quote = null;
        for (var i = 0; i <= line.Length; i++)
        {
            var c = i < line.Length ? line[i] : '\n';
            if (quote is null && (c == '{' || char.IsWhiteSpace(c)))
            {
                if (begun)
                {
                    names.Add(name.ToString());
                    name.Clear();
                    begun = false;
                }

                if (c == '{')
                {
                    return (names, true, line[(i + 1)..]);
                }
            }
            else if (i == line.Length)
            {
                break;
            }
            else if (c == quote)
            {
                quote = null;
            }
            else if (quote is null && c is '"' or '\'')
            {
                (quote, begun) = (c, true);
            }
            else
            {
                // Outside of single quotes a backslash stands for the next character itself.
                name.Append(c == '\\' && quote != '\'' && i + 1 < line.Length ? line[++i] : c);
                begun = true;
            }
        }

        return (names, false, "");
    }
}
