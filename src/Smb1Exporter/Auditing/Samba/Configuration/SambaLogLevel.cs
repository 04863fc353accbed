namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>A debug class that is named in a <c>log level</c>.</summary>
/// <param name="Level">Messages up to this level are written.</param>
/// <param name="File">The file of its own; null when its messages go to the general log.</param>
internal sealed record SambaDebugClass(int Level, string? File);

/// <summary>
/// A value of smb.conf's <c>log level</c>, such as <c>1 auth_json_audit:5@/var/log/samba/smb1_audit.json smb:2</c>, read as smbd reads it
/// (debug_parse_levels in lib/util/debug.c; smb.conf(5), "log level").
/// </summary>
internal sealed class SambaLogLevel
{
    /// <summary>The debug class under which Samba writes authentications and authorizations as JSON.</summary>
    public const string AuditClass = "auth_json_audit";

    /// <summary>
    /// The level at which every session of either protocol leaves a record: failed authentications come at 2, successful ones at 3,
    /// authorizations at 4, anonymous ones of both kinds at 5 (smb.conf(5), "log level").
    /// </summary>
    public const int AuditLevelNeeded = 5;

    private const int FirstLevelWithRecords = 2;

    private static readonly char[] Separators = [' ', '\t', ',', '\n', '\r'];

    private SambaLogLevel(
        int generalLevel, IReadOnlyDictionary<string, SambaDebugClass> others, int auditLevel, string? auditFile, Range? auditToken, Range? lastToken, string? invalid)
    {
        GeneralLevel = generalLevel;
        Others = others;
        AuditLevel = auditLevel;
        AuditFile = auditFile;
        AuditToken = auditToken;
        LastToken = lastToken;
        Invalid = invalid;
    }

    /// <summary>The level of everything that is not named: the leading number, 0 without one.</summary>
    public int GeneralLevel { get; }

    /// <summary>The other classes that are named.</summary>
    public IReadOnlyDictionary<string, SambaDebugClass> Others { get; }

    /// <summary>
    /// The level of auth_json_audit: its own, or else the leading number, which is that of everything not named (0 without one).
    /// </summary>
    public int AuditLevel { get; }

    /// <summary>The file that auth_json_audit has of its own; null when its records go to the general log.</summary>
    public string? AuditFile { get; }

    /// <summary>Where in the value the class is last given a level; null where it is not named.</summary>
    public Range? AuditToken { get; }

    /// <summary>Where in the value the last word stands; null in an empty value.</summary>
    public Range? LastToken { get; }

    /// <summary>
    /// A word that is neither a leading number nor <c>class:level</c>: smbd does not start with it, and testparm does not say so.
    /// </summary>
    public string? Invalid { get; }

    /// <summary>Whether sessions are audited, wherever the records go.</summary>
    public bool IsAudited => Invalid is null && AuditLevel >= AuditLevelNeeded;

    /// <summary>
    /// Whether the class was given a level of its own at which it leaves records, in the general log: somebody may read them there.
    /// </summary>
    public bool HasStreamInGeneralLog => Invalid is null && AuditToken is not null && AuditFile is null && AuditLevel >= FirstLevelWithRecords;

    public static SambaLogLevel Parse(string value)
    {
        var plain = 0;
        int? auditLevel = null;
        string? auditFile = null;
        string? invalid = null;
        Range? auditToken = null;
        var others = new Dictionary<string, SambaDebugClass>(StringComparer.Ordinal);
        var tokens = Tokens(value);
        foreach (var token in tokens)
        {
            var word = value[token];
            if (token.Equals(tokens[0]) && char.IsAsciiDigit(word[0]))
            {
                plain = LeadingNumber(word);
            }
            else if (ParseClass(word) is not var (name, level, file))
            {
                invalid ??= word;
            }
            else if (name == AuditClass)
            {
                auditLevel = level;
                auditToken = token;

                // A later word without a file leaves the file of an earlier one in force.
                auditFile = file ?? auditFile;
            }
            else
            {
                others[name] = new SambaDebugClass(level, file ?? others.GetValueOrDefault(name)?.File);
            }
        }

        return new SambaLogLevel(plain, others, auditLevel ?? plain, auditFile, auditToken, tokens is [.., var last] ? last : null, invalid);
    }

    /// <summary>The word that gives the class the level needed, or keeps a higher one.</summary>
    /// <param name="file">The file of its own to name; null to name none.</param>
    public string AuditWord(string? file)
    {
        var level = Math.Max(AuditToken is null ? 0 : AuditLevel, AuditLevelNeeded);
        return file is null ? $"{AuditClass}:{level}" : $"{AuditClass}:{level}@{file}";
    }

    /// <summary>The file in the word at <see cref="AuditToken"/> itself.</summary>
    public static string? FileIn(string auditWord) => ParseClass(auditWord)?.File;

    /// <summary>Whether a path can stand in a <c>log level</c>: smbd has no quoting there.</summary>
    public static bool CanName(string path) =>
        path.IndexOfAny(Separators) < 0 && !path.Any(c => char.IsControl(c) || c == '"') && !path.EndsWith('\\');

    private static List<Range> Tokens(string value)
    {
        List<Range> tokens = [];
        for (var start = 0; start < value.Length; start++)
        {
            if (Separators.Contains(value[start]))
            {
                continue;
            }

            var end = value.IndexOfAny(Separators, start);
            end = end < 0 ? value.Length : end;
            tokens.Add(start..end);
            start = end;
        }

        return tokens;
    }

    private static (string Name, int Level, string? File)? ParseClass(string word)
    {
        // strtok skips delimiters in front of a part, hence the trimming.
        var trimmed = word.TrimStart(':');
        var colon = trimmed.IndexOf(':', StringComparison.Ordinal);
        var rest = colon < 0 ? "" : trimmed[(colon + 1)..].TrimStart('@');
        if (rest.Length == 0)
        {
            return null;
        }

        var at = rest.IndexOf('@', StringComparison.Ordinal);
        var file = at < 0 || at == rest.Length - 1 ? null : rest[(at + 1)..];
        return (trimmed[..colon], LeadingNumber(at < 0 ? rest : rest[..at]), file);
    }

    /// <summary>As C's atoi: what follows the digits is passed over, and no digits are 0.</summary>
    private static int LeadingNumber(string text)
    {
        var length = text is ['+' or '-', ..] ? 1 : 0;
        while (length < text.Length && char.IsAsciiDigit(text[length]))
        {
            length++;
        }

        return int.TryParse(text.AsSpan(0, length), out var number) ? number : 0;
    }
}
