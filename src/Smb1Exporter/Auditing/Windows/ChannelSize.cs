using System.Globalization;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>Whether a channel is large enough for the rate at which it fills.</summary>
internal static class ChannelSize
{
    /// <summary>What a channel should hold at least: so long may the exporter be stopped without a loss.</summary>
    public static readonly TimeSpan Enough = TimeSpan.FromDays(1);

    /// <summary>What the size that is advised would hold.</summary>
    private static readonly TimeSpan Advised = TimeSpan.FromDays(7);

    private const long Mebibyte = 1024 * 1024;
    private const long LargestAdvised = 4096 * Mebibyte;

    /// <summary>A file grows in steps, the first of them 1 MiB: one that is no larger says nothing about the rate.</summary>
    private const long SmallestTelling = Mebibyte + (128 * 1024);

    /// <summary>The advice to make a channel larger that would wrap within a day at the rate seen; null when it is large enough, or cannot be told.</summary>
    public static string? Advise(IEventChannel channel, DateTimeOffset now)
    {
        var state = channel.GetState();
        if (state is not { Status: ChannelStatus.Enabled, MaximumBytes: { } maximum, FileBytes: > 0 and { } file }
            || (file <= SmallestTelling && !state.MayHaveWrapped)
            || OldestOf(channel) is not { } oldest
            || oldest >= now)
        {
            return null;
        }

        var seen = now - oldest;
        var held = seen * (maximum / (double)file);
        return held >= Enough ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"the event log channel {channel.Name} holds {maximum / (double)Mebibyte:0.#} MiB, which is {Text(held)} at the rate seen: when smb1-exporter"
            + $" does not run for longer, records are lost. Run wevtutil sl \"{channel.Name}\" /ms:{Wanted(file * (Advised / seen), maximum)} to make it larger.");
    }

    /// <summary>In whole MiB, at least twice what it has, and no more than a file server's system disk can spare.</summary>
    private static long Wanted(double bytes, long maximum) =>
        (long)Math.Ceiling(Math.Max(Math.Min(bytes, LargestAdvised), 2.0 * maximum) / Mebibyte) * Mebibyte;

    private static DateTimeOffset? OldestOf(IEventChannel channel)
    {
        try
        {
            return channel.Oldest()?.Time;
        }
        catch (AuditSourceException)
        {
            // That it cannot be read is told elsewhere.
            return null;
        }
    }

    private static string Text(TimeSpan span) => span switch
    {
        { TotalMinutes: < 2 } => "less than two minutes",
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"about {span.TotalMinutes:0} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"about {span.TotalHours:0} hours"),
    };
}
