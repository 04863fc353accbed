namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>
/// Whether some clients meet another configuration than this machine: smbd reads the files of "include" and "config file" anew for each client, and
/// puts its address, its name or its user into their paths.
/// </summary>
internal static class PerClientConfiguration
{
    private const int MostNamed = 3;

    /// <summary>
    /// Parameters, with their synonyms (smb.conf(5)), that decide whether SMB1 is served, whether a session leaves a record, and where.
    /// </summary>
    private static readonly Dictionary<string, string> ThatMatter = new(StringComparer.Ordinal)
    {
        ["loglevel"] = "log level",
        ["debuglevel"] = "debuglevel",
        ["logfile"] = "log file",
        ["logging"] = "logging",
        ["syslog"] = "syslog",
        ["syslogonly"] = "syslog only",
        ["maxlogsize"] = "max log size",
        ["unixcharset"] = "unix charset",
        ["rootdirectory"] = "root directory",
        ["rootdir"] = "root dir",
        ["root"] = "root",
        ["serverminprotocol"] = "server min protocol",
        ["minprotocol"] = "min protocol",
        ["servermaxprotocol"] = "server max protocol",
        ["maxprotocol"] = "max protocol",
        ["protocol"] = "protocol",
        ["configfile"] = "config file",
        ["configbackend"] = "config backend",
        ["include"] = "include = registry",
    };

    /// <summary>Whether a parameter decides about the audit.</summary>
    /// <param name="name">Its name, see <see cref="SmbConfParameter.Canonical"/>.</param>
    public static bool Matters(string name) => ThatMatter.ContainsKey(name);

    /// <summary>Why some clients may leave no record although this machine does, with the remedy, as sentences; empty where nothing says so.</summary>
    public static string FindUnseen(SmbConfTree tree)
    {
        var inForce = tree.LogLevel is { } level ? SambaLogLevel.Parse(level.Value) : null;
        var reasons = tree.Settings
            .Where(setting => setting.Pattern is not null && Matters(setting.Name) && !KeepsAudit(setting, inForce))
            .GroupBy(setting => setting.Place.File, StringComparer.Ordinal)
            .Select(file => (Pattern: file.First().Pattern!, Text: TextOf(file.First())))
            .Concat(tree.BlindSpots.Select(spot => (spot.Pattern, spot.Text)))
            .GroupBy(reason => reason.Pattern);
        return string.Join(' ', reasons.Select(reason => Wording.Sentence(SentenceOf(reason.Key, [.. reason.Select(one => one.Text)]))));
    }

    private static string SentenceOf(SmbConfPattern pattern, IReadOnlyList<string> found)
    {
        var named = string.Join("; ", found.Take(MostNamed));
        var others = found.Count > MostNamed ? $"; and so on ({found.Count} files)" : "";
        return $"in {pattern.Place}, \"{pattern.Written}\" may lead to other settings for some clients than for this machine: {named}{others}. Sessions of "
            + "these clients may leave no record. Set what is about logging, character set and protocols in smb.conf for all clients, and take it "
            + "out of the files for some";
    }

    private static string TextOf(SmbConfSetting setting) => $"{setting.Place} sets \"{ThatMatter[setting.Name]}\"";

    /// <summary>Whether a log level for some clients has the audit where it is for all.</summary>
    private static bool KeepsAudit(SmbConfSetting setting, SambaLogLevel? inForce) =>
        setting.Name is "loglevel" or "debuglevel"
        && inForce is { IsAudited: true }
        && SambaLogLevel.Parse(setting.Value) is { IsAudited: true } own
        && own.AuditFile == inForce.AuditFile;
}
