using System.Globalization;

namespace Smb1Exporter.Benchmarks;

/// <summary>What the kernel says of this process's memory, in bytes (proc(5), status).</summary>
internal static class ProcessMemory
{
    public static long Resident() => Read("VmRSS:");

    /// <summary>The most that was ever resident.</summary>
    public static long Peak() => Read("VmHWM:");

    private static long Read(string name)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) << 10;
    }
}
