using System.Text;
using System.Text.RegularExpressions;
using Smb1Exporter.Auditing.Samba.Configuration;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// Which files of a folder make up one audit log: those named as smb.conf says (<see cref="AuditLogPath"/>), and what rotation leaves
/// beside them (<c>.old</c>, <c>.1</c>, <c>-20261123</c>). Compressed files are left out, by their content: they cannot be followed.
/// </summary>
internal sealed partial class LogPattern
{
    private readonly Regex _candidate;

    private LogPattern(string text, string folder, string name, Regex candidate, bool severalFiles)
    {
        Text = text;
        Folder = folder;
        Name = name;
        SeveralFiles = severalFiles;
        _candidate = candidate;
    }

    /// <summary>The pattern as it was given.</summary>
    public string Text { get; }

    /// <summary>The folder the files lie in.</summary>
    public string Folder { get; }

    /// <summary>The name of the log; holds substitutions where <see cref="SeveralFiles"/>.</summary>
    public string Name { get; }

    /// <summary>Whether the pattern stands for several files, each for another client or user.</summary>
    public bool SeveralFiles { get; }

    /// <summary>Reads a path such as <c>/var/log/samba/log.%m</c>.</summary>
    /// <exception cref="AuditSourceException">No usable path: see <see cref="AuditLogPath.FindFault"/>.</exception>
    public static LogPattern Parse(string text)
    {
        if (AuditLogPath.FindFault(text) is { } fault)
        {
            throw new AuditSourceException(ReadErrorReason.NotFound, Wording.Sentence(fault));
        }

        var (folder, name) = (Path.GetDirectoryName(text)!, Path.GetFileName(text));
        var expression = new StringBuilder("^");
        var end = 0;
        foreach (Match wildcard in AuditLogPath.Wildcard().Matches(name))
        {
            expression.Append(Regex.Escape(name[end..wildcard.Index])).Append(".*");
            end = wildcard.Index + wildcard.Length;
        }

        expression.Append(Regex.Escape(name[end..])).Append("(?:[.-].*)?$");
        return new LogPattern(
            text,
            folder,
            name,
            new Regex(expression.ToString(), RegexOptions.Singleline | RegexOptions.CultureInvariant),
            severalFiles: end > 0);
    }

    /// <summary>Whether a file of this name belongs to the log.</summary>
    public bool Matches(string name) => _candidate.IsMatch(name);

    /// <summary>
    /// Whether a file of this name may be one that rotation compressed. Only its content tells (<see cref="CompressedContent"/>): a client may
    /// be called <c>nas.z</c>.
    /// </summary>
    public static bool MayBeCompressed(string name) => Compressed().IsMatch(name);

    /// <summary>Whether a name is that of a file which was rotated away: no new process opens it.</summary>
    /// <param name="name">A name that matches.</param>
    /// <param name="names">All names in the folder: <c>log.192.168.1.7</c> is rotated only if <c>log.192.168.1</c> is there.</param>
    public bool IsRotated(string name, IReadOnlySet<string> names) =>
        SeveralFiles
            ? Rotated().Match(name) is { Success: true } match && (match.Groups["old"].Success || names.Contains(match.Groups["base"].Value))
            : name != Name;

    [GeneratedRegex(@"\.(?:gz|xz|bz2|zst|lz4|lzma|lzo|Z|zip|7z)(?:\.\d+)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Compressed();

    [GeneratedRegex(@"^(?<base>.+?)(?:(?<old>\.old)|[.-]\d+(?:[-.T_]?\d+)*)$")]
    private static partial Regex Rotated();
}
