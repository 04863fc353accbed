using System.Diagnostics.Metrics;
using Smb1Exporter.Files;

namespace Smb1Exporter.Exposition;

/// <summary>
/// What the program shows of its own process: of OpenTelemetry's instruments and those of .NET what tells an administrator whether it is healthy.
/// Those for which .NET reads all that Linux tells of the process, each of its threads included, are left out: that took a third of a scrape that
/// finds nothing changed. What an administrator needs of them can be had for less.
/// </summary>
internal static class ProcessMetrics
{
    private static readonly string[] Shown =
    [
        "process.cpu.time", "process.uptime", "process.windows.handle.count", "dotnet.process.memory.working_set", "dotnet.exceptions",
        "dotnet.gc.collections", "dotnet.gc.last_collection.heap.size", "dotnet.gc.pause.time",
    ];

    /// <summary>Adds what is not taken from a package, under the name that OpenTelemetry's conventions have for it.</summary>
    public static void CreateInstruments(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        if (OperatingSystem.IsLinux())
        {
            meter.CreateObservableUpDownCounter("process.unix.file_descriptor.count", CountOpenFiles, "{file_descriptor}", "Open files and sockets of this process.");
        }
    }

    /// <summary>Since Linux 6.2 the size of this folder is the number of descriptors (proc(5)); before, they have to be listed, and the listing has one itself.</summary>
    internal static long CountOpenFiles()
    {
        const string Folder = "/proc/self/fd";
        return FileStatusReader.Find(Folder) is { Size: > 0 } status ? status.Size : Directory.GetFileSystemEntries(Folder).Length - 1;
    }

    /// <summary>Whether an instrument of the process or the runtime is left out.</summary>
    public static bool IsUnwanted(Instrument instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        return instrument.Meter.Name != Smb1Metrics.MeterName && !Shown.Contains(instrument.Name);
    }

    /// <summary>
    /// Where an answer in text 0.0.4 tells of the process; an empty range at its beginning where it does not. OpenTelemetry sorts by name, so that
    /// stands in front of all that the program is there for.
    /// </summary>
    public static Range Find(ReadOnlySpan<byte> scrape)
    {
        var found = 0..0;
        var families = new TextFamilies(scrape);
        while (families.Next() && !families.Name.StartsWith("smb1_"u8))
        {
            if (families.Name.StartsWith("dotnet_"u8) || families.Name.StartsWith("process_"u8))
            {
                found = (found.End.Value == 0 ? families.Begin : found.Start)..families.End;
            }
        }

        return found;
    }
}
