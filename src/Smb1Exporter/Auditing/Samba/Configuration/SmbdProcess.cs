using System.ComponentModel;
using System.Diagnostics;
using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>What Linux tells of a running smbd (proc(5)): how it was started, where, and which files it has open.</summary>
internal static class SmbdProcess
{
    /// <summary>
    /// The general log that smbd's option -l (--log-basename) asks for, which goes before "log file"; null without the option, or where the
    /// command line cannot be seen.
    /// </summary>
    public static string? FindLogByOption(int processId)
    {
        try
        {
            return LogBaseOf(File.ReadAllText($"/proc/{processId}/cmdline").Split('\0')) is { } folder ? Path.Join(folder, "log.smbd") : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A path as smbd takes it: a relative one begins in the directory in which smbd runs; as it is where that cannot be seen.</summary>
    public static string Resolve(int processId, string path) =>
        !Path.IsPathRooted(path) && FolderOf(processId) is { } folder ? Path.GetFullPath(path, folder) : path;

    /// <summary>The folder in which smbd runs; null where that cannot be seen.</summary>
    public static string? FolderOf(int processId)
    {
        try
        {
            return new FileInfo($"/proc/{processId}/cwd").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The environment that smbd was started with; null where that cannot be seen.</summary>
    public static IReadOnlyDictionary<string, string>? EnvironmentOf(int processId)
    {
        try
        {
            var variables = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var variable in File.ReadAllText($"/proc/{processId}/environ").Split('\0'))
            {
                if (variable.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
                {
                    variables.TryAdd(variable[..equals], variable[(equals + 1)..]);
                }
            }

            // A program may write over the memory in which its environment was.
            return variables.Count > 0 ? variables : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>When smbd was started; null where that cannot be seen.</summary>
    public static DateTimeOffset? StartOf(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.StartTime;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Whether smbd has a log, or a rotated generation of it, open; where that cannot be seen, whether the log exists.</summary>
    public static bool HasOpen(int processId, string log)
    {
        try
        {
            var open = OpenDescriptors.Of($"/proc/{processId}").Where(file => file.Target.StartsWith('/')).ToList();
            return open.Any(file => IsLog(log, file.Descriptor, file.Target)) || IsBehindLink(log, open.Select(file => file.Descriptor));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FilesOf(log).Any();
        }
    }

    /// <summary>Whether a file of a log exists, rotated ones too; true where that cannot be seen.</summary>
    public static bool HasFiles(string log)
    {
        try
        {
            return FilesOf(log).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>The value of smbd's option -l.</summary>
    internal static string? LogBaseOf(IReadOnlyList<string> arguments) => SmbdOptions.Find(arguments, 'l', "--log-basename");

    /// <summary>
    /// A file that bears the very name of the log counts only in the log's directory, or in one below to which rotation moves it; one that was
    /// rotated by another name, or removed, counts anywhere.
    /// </summary>
    private static bool IsLog(string log, string descriptor, string target)
    {
        if (!AuditLogPath.IsGenerationOf(log, target))
        {
            return false;
        }

        return !AuditLogPath.IsNamedLike(log, target)
            || (AuditLogPath.DirectoryOf(log) is { } directory
                && ((FileStatusReader.Find(Path.Join(directory, Path.GetFileName(target)))?.Identity is { } there
                        && FileStatusReader.Find(descriptor)?.Identity == there)
                    || target.StartsWith(directory + "/", StringComparison.Ordinal)));
    }

    /// <summary>Whether one of the open files is what a symbolic link in the log's place leads to: its own name is another.</summary>
    private static bool IsBehindLink(string log, IEnumerable<string> descriptors)
    {
        var targets = FilesOf(log)
            .Where(file => new FileInfo(file).LinkTarget is not null)
            .Select(file => FileStatusReader.Find(file)?.Identity)
            .OfType<FileIdentity>()
            .ToHashSet();
        return targets.Count > 0 && descriptors.Any(descriptor => FileStatusReader.Find(descriptor) is { } file && targets.Contains(file.Identity));
    }

    /// <summary>The files of a log that exist, rotated ones too.</summary>
    private static IEnumerable<string> FilesOf(string log) =>
        AuditLogPath.DirectoryOf(log) is { } directory && Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory).Where(file => AuditLogPath.IsGenerationOf(log, file))
            : [];
}
