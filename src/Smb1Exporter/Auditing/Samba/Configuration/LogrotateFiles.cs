namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>Looks in the configuration of logrotate for what would lose records of the audit.</summary>
/// <param name="configFile">The file that logrotate is run with.</param>
/// <param name="folder">The folder that it usually includes; looked at also where it does not.</param>
internal sealed class LogrotateFiles(string configFile = "/etc/logrotate.conf", string folder = "/etc/logrotate.d")
{
    private const int MostFiles = 1000;
    private const int LongestPath = 4096; // PATH_MAX

    /// <summary>Endings of files that logrotate leaves out of a folder (logrotate(8), "taboo extensions"; tried with 3.21).</summary>
    private static readonly string[] LeftOut =
    [
        "~", ",v", ".bak", ".cfsaved", ".disabled", ".dpkg-bak", ".dpkg-del", ".dpkg-dist", ".dpkg-new", ".dpkg-old", ".dpkg-tmp",
        ".rpmnew", ".rpmorig", ".rpmsave", ".swp", ".ucf-dist", ".ucf-new", ".ucf-old",
    ];

    /// <summary>
    /// Says so, with the remedy, when logrotate copies and truncates a log: what smbd writes between the two is in neither file. Null when it does
    /// not, or when its configuration cannot be read.
    /// </summary>
    /// <param name="log">The log, as <see cref="AuditLogPath"/> writes it.</param>
    public string? FindCopyTruncate(string log)
    {
        var matching = ReadAll().Where(block => block.Patterns.Any(pattern => pattern.Length <= LongestPath && PathPattern.Overlap(pattern, log)));

        // Of two blocks for one file, logrotate takes the first and complains of the second.
        var deciding = AuditLogPath.Wildcard().IsMatch(log) ? matching : matching.Take(1);
        return deciding.FirstOrDefault(block => block.CopyTruncate) is { } found
            ? $"logrotate copies and truncates {log} (copytruncate in {found.Source}, for {string.Join(' ', found.Patterns)}): records that smbd "
                + "writes between the copy and the truncation are lost without a trace; write nocopytruncate there instead (smbd makes a new file by "
                + "itself), or give the audit a name that this does not match and leave its rotation to smbd's \"max log size\""
            : null;
    }

    private IReadOnlyList<LogrotateBlock> ReadAll()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var conf = new LogrotateConf(Include);
        foreach (var (source, text) in Include(configFile).Concat(Include(folder)))
        {
            conf.Read(source, text);
        }

        return conf.Blocks;

        IEnumerable<(string Source, string Text)> Include(string path)
        {
            foreach (var file in FilesOf(path))
            {
                if (seen.Count < MostFiles && seen.Add(file) && TryRead(file) is { } text)
                {
                    yield return (file, text);
                }
            }
        }
    }

    private static IEnumerable<string> FilesOf(string path)
    {
        try
        {
            return Directory.Exists(path)
                ? [.. Directory.EnumerateFiles(path).Where(file => !LeftOut.Any(ending => file.EndsWith(ending, StringComparison.Ordinal))).Order(StringComparer.Ordinal)]
                : [path];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? TryRead(string file)
    {
        try
        {
            return ConfigurationReader.Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
