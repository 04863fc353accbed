using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>
/// Paths of audit logs as smb.conf and our settings write them: with Samba's substitutions (<c>%m</c>, <c>%I</c>, <c>%$(VARIABLE)</c>;
/// smb.conf(5), "VARIABLE SUBSTITUTIONS"), with <c>*</c>, or plain.
/// </summary>
/// <remarks>
/// smbd leaves every other <c>%</c> as it is: <c>%%</c> stays two characters, and <c>%%m</c> is one <c>%</c> and a substitution (tried with 4.17).
/// Any letter is taken for a substitution, because their number differs between versions; a letter that smbd does not know stands for itself.
/// </remarks>
internal static partial class AuditLogPath
{
    /// <summary>Where the audit goes when nobody says otherwise.</summary>
    public const string Default = "/var/log/samba/auth_audit.log";

    /// <summary>smbd's general log where smb.conf has no <c>log file</c>: log.smbd in the directory compiled in.</summary>
    public const string DefaultGeneralLog = "/var/log/samba/log.smbd";

    /// <summary>Whether reading <paramref name="setting"/> reads what smbd writes to <paramref name="written"/>.</summary>
    public static bool Covers(string setting, string written)
    {
        var pattern = AsPattern(setting);
        return pattern == AsPattern(written) || FileSystemName.MatchesSimpleExpression(pattern, written, ignoreCase: false);
    }

    /// <summary>
    /// Whether an open file is the log or a rotated generation of it, which keeps the name as a prefix (.old, .1, -20261123).
    /// </summary>
    public static bool IsGenerationOf(string log, string openFile) =>
        FileSystemName.MatchesSimpleExpression(AsPattern(Path.GetFileName(log)) + "*", Path.GetFileName(openFile), ignoreCase: false);

    /// <summary>The directory of a log; null where it depends on the client.</summary>
    public static string? DirectoryOf(string log) =>
        Path.GetDirectoryName(log) is { Length: > 0 } directory && !AsPattern(directory).Contains('*', StringComparison.Ordinal)
            ? directory
            : null;

    /// <summary>The parts of a path that stand for any text.</summary>
    [GeneratedRegex(@"\*|%\$\([^)]*\)|%[A-Za-z]")]
    public static partial Regex Wildcard();

    private static string AsPattern(string path) => Wildcard().Replace(path, "*");
}
