using System.Diagnostics.Metrics;

namespace Smb1Exporter.Exposition;

/// <summary>
/// What the program shows of its own process: of OpenTelemetry's instruments and those of .NET what tells an administrator whether it is healthy.
/// Processor and memory are in both; those of OpenTelemetry's conventions for processes are shown.
/// </summary>
internal static class ProcessMetrics
{
    private static readonly string[] Shown =
    [
        "process.cpu.time", "process.memory.usage", "process.thread.count", "process.uptime", "process.unix.file_descriptor.count",
        "process.windows.handle.count", "dotnet.exceptions", "dotnet.gc.collections", "dotnet.gc.last_collection.heap.size", "dotnet.gc.pause.time",
    ];

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
