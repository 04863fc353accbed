using System.Globalization;

namespace Smb1Exporter.Serving;

/// <summary>The limit on open file descriptors (RLIMIT_NOFILE).</summary>
internal static class OpenFilesLimit
{
    private const string Key = "Max open files";

    /// <summary>The soft limit of this process; null where there is none, or the system does not show it in /proc, as Windows.</summary>
    public static long? Read()
    {
        try
        {
            return Parse(File.ReadAllLines("/proc/self/limits"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads the soft limit from the lines of proc_pid_limits(5): name, soft limit, hard limit, unit, in columns.</summary>
    internal static long? Parse(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) is { } line
        && line[Key.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
        && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : null;
}
