using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Smb1Exporter.Files;

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
    public const string Default = "/var/log/samba/smb1_audit.json";

    /// <summary>smbd's general log where smb.conf has no <c>log file</c>: log.smbd in the directory compiled in.</summary>
    public const string DefaultGeneralLog = "/var/log/samba/log.smbd";

    private const string Removed = " (deleted)";

    /// <summary>Whether reading <paramref name="setting"/> reads what smbd writes to <paramref name="written"/>.</summary>
    public static bool Covers(string setting, string written)
    {
        var pattern = AsPattern(setting);
        return pattern == AsPattern(written) || FileSystemName.MatchesSimpleExpression(pattern, written, ignoreCase: false);
    }

    /// <summary>Whether two logs are the same by symbolic links: the same file, or the same name in the same folder.</summary>
    public static bool LeadToSame(string setting, string written)
    {
        return Identity(setting) is { } file && file == Identity(written)
            || (DirectoryOf(setting) is { } one
                && DirectoryOf(written) is { } other
                && Identity(one) is { } folder
                && folder == Identity(other)
                && Covers(Path.GetFileName(setting), Path.GetFileName(written)));

        static FileIdentity? Identity(string path) => FileStatusReader.Find(path)?.Identity;
    }

    /// <summary>
    /// Whether an open file is the log or a rotated generation of it, which keeps the name as a prefix (.old, .1, -20261123).
    /// </summary>
    public static bool IsGenerationOf(string log, string openFile) =>
        FileSystemName.MatchesSimpleExpression(AsPattern(Path.GetFileName(log)) + "*", Path.GetFileName(openFile), ignoreCase: false);

    /// <summary>Whether an open file bears the very name of the log, in whatever directory, and was not removed.</summary>
    public static bool IsNamedLike(string log, string openFile) =>
        !openFile.EndsWith(Removed, StringComparison.Ordinal)
        && FileSystemName.MatchesSimpleExpression(AsPattern(Path.GetFileName(log)), Path.GetFileName(openFile), ignoreCase: false);

    /// <summary>The directory of a log; null where it depends on the client, or on the directory of a process.</summary>
    public static string? DirectoryOf(string log) =>
        Path.IsPathRooted(log)
        && Path.GetDirectoryName(log) is { Length: > 0 } directory
        && !AsPattern(directory).Contains('*', StringComparison.Ordinal)
            ? directory
            : null;

    /// <summary>
    /// Puts in, in the directory of a log, what smbd puts in and what is the same for all its processes: <c>%h</c>, the name of the host up to
    /// its first dot, and <c>%v</c>, the version of Samba (tried with 4.17). All others depend on the client, the session or the time:
    /// <c>%L</c> too is what the client calls the server on port 139. In the name of the file they stay, for there any text is followed.
    /// </summary>
    /// <param name="log">The path as it is written.</param>
    /// <param name="hostName">The host's name.</param>
    /// <param name="version">The version of Samba; null where it is not known.</param>
    public static string WithHostIn(string log, string hostName, string? version)
    {
        var end = log.LastIndexOf('/') + 1;
        var directory = Substitution().Replace(log[..end], match => match.Value switch
        {
            "%h" => hostName.Split('.')[0],
            "%v" when version is not null => version,
            var other => other,
        });
        return directory + log[end..];
    }

    /// <summary>Whether the directory of a log names the version of Samba.</summary>
    public static bool NeedsVersion(string log) =>
        Substitution().Matches(log[..(log.LastIndexOf('/') + 1)]).Any(match => match.Value == "%v");

    /// <summary>Why the files of a log cannot be followed, with the remedy; null when they can.</summary>
    /// <param name="log">The path, after <see cref="WithHostIn"/>.</param>
    public static string? FindFault(string log)
    {
        const string Remedy = "name a file whose folder is the same for all, in \"log level\" of smb.conf (such as "
            + SambaLogLevel.AuditClass + ":5@" + Default + ") and, if it is set, in Exporter:Samba:AuditLog";
        if (log.StartsWith('"'))
        {
            return $"smb.conf has quotation marks around the audit log {log}; smbd takes them for a part of the name, cannot open such a file, "
                + "and writes the records into its general log: remove the quotation marks";
        }

        if (!Path.IsPathRooted(log) || Path.GetFileName(log).Length == 0)
        {
            return $"the audit log \"{log}\" is not the absolute path of a file, and which folder smbd takes it in is not known; write the "
                + "folder too, in smb.conf or in Exporter:Samba:AuditLog";
        }

        return Wildcard().Match(Path.GetDirectoryName(log) ?? "") switch
        {
            { Success: false } => null,
            { Value: "*" } => $"the audit log {log} has a * in the name of its folder, and only one folder can be followed; "
                + "let it stand in the name of the file only, in Exporter:Samba:AuditLog",
            { Value: "%v" } => $"the folder of the audit log {log} depends on the version of Samba (%v), which smbd -V did not tell; {Remedy}",
            var substitution => $"the folder of the audit log {log} depends on {substitution.Value}, which differs between clients, sessions or "
                + $"times, and cannot be followed; {Remedy}; a substitution may stand in the name of the file",
        };
    }

    /// <summary>
    /// The file of <c>log file</c>: smbd drops quotation marks (") at both ends, unless there are others between them (tried with 4.17).
    /// It does not do so in "log level".
    /// </summary>
    public static string Unquoted(string logFile)
    {
        var inner = logFile.Trim('"');
        return inner.Contains('"', StringComparison.Ordinal) ? logFile : inner;
    }

    /// <summary>The parts of a path that stand for any text.</summary>
    [GeneratedRegex(@"\*|%\$\([^)]*\)|%[A-Za-z]")]
    public static partial Regex Wildcard();

    [GeneratedRegex(@"%[A-Za-z]")]
    private static partial Regex Substitution();

    private static string AsPattern(string path) => Wildcard().Replace(path, "*");
}
