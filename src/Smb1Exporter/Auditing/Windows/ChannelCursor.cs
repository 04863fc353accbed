namespace Smb1Exporter.Auditing.Windows;

/// <summary>What one read of one channel brought.</summary>
/// <param name="Records">The records behind the position, of every provider, none twice.</param>
/// <param name="Position">Where the next read goes on.</param>
/// <param name="Gap">What is known to be lost; null when nothing is.</param>
/// <param name="CaughtUp">False when more is waiting.</param>
internal sealed record ChannelReading(IReadOnlyList<ChannelRecord> Records, ChannelPosition Position, string? Gap, bool CaughtUp);

/// <summary>
/// Decides where a channel is read on. The position is the last record that was examined, of whatever provider, so a quiet channel stays anchored
/// near its newest record, and only a position that is no longer in the channel can mean a loss: a jump of record numbers means nothing.
/// </summary>
internal static class ChannelCursor
{
    /// <summary>Reads what comes after a position.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="position">Where the last read ended; null when the channel was never read.</param>
    /// <param name="notBefore">How far a channel that was never read is read back.</param>
    /// <param name="limit">The most records examined in one read; at least 1.</param>
    /// <exception cref="AuditSourceException">The channel cannot be read.</exception>
    public static ChannelReading Read(IEventChannel channel, ChannelPosition? position, DateTimeOffset notBefore, int limit)
    {
        if (position is null)
        {
            return ReadSince(channel, notBefore, gap: null, limit);
        }

        if (position.Record == 0)
        {
            return ReadOnFromEmpty(channel, limit);
        }

        // The anchor is read again, as the proof that the records behind it are the ones that follow it.
        var read = Rising(channel.ReadFrom(position.Record, limit + 1), limit + 1, out var full);
        return read is [var anchor, ..] && ChannelPosition.At(anchor) == position
            ? new ChannelReading(read[1..], ChannelPosition.At(read[^1]), Gap: null, CaughtUp: !full)
            : ReadOnWithoutAnchor(channel, position, limit);
    }

    private static ChannelReading ReadOnFromEmpty(IEventChannel channel, int limit)
    {
        var read = Rising(channel.ReadSince(DateTimeOffset.MinValue, limit), limit, out var full);

        // Numbers may go on after a clear, so a first number other than 1 is a loss only where the log has been full since.
        var gap = read is [{ RecordId: > 1 } first, ..] && channel.GetState().MayHaveWrapped
            ? $"the channel was empty and has wrapped since: its oldest record is number {first.RecordId}"
            : null;
        return new ChannelReading(read, read is [.., var last] ? ChannelPosition.At(last) : ChannelPosition.Empty, gap, CaughtUp: !full);
    }

    private static ChannelReading ReadOnWithoutAnchor(IEventChannel channel, ChannelPosition position, int limit)
    {
        if (channel.Oldest() is not { } oldest)
        {
            return new ChannelReading(
                [], ChannelPosition.Empty, $"the channel was cleared: it is empty, and reading had come to record {position.Record}", CaughtUp: true);
        }

        if (oldest.RecordId == position.Record + 1)
        {
            return ReadSince(channel, DateTimeOffset.MinValue, gap: null, limit);
        }

        if (oldest.RecordId > position.Record)
        {
            return ReadSince(
                channel,
                DateTimeOffset.MinValue,
                $"the channel wrapped or was cleared: its oldest record is {oldest.RecordId}, and reading had come to record {position.Record};"
                + $" up to {oldest.RecordId - position.Record - 1} records are lost",
                limit);
        }

        // The numbers started anew, or an older copy of the log was put back: what is not newer than the anchor was read already.
        return ReadSince(
            channel,
            position.Time!.Value.AddTicks(1),
            $"the channel was cleared or replaced: record {position.Record} of {position.Time:O} is no longer in it, its oldest record is"
            + $" {oldest.RecordId} of {oldest.Time:O}",
            limit);
    }

    private static ChannelReading ReadSince(IEventChannel channel, DateTimeOffset time, string? gap, int limit)
    {
        // The newest is looked up before the read: if the read then finds nothing, nothing up to there is wanted.
        if (channel.Newest() is not { } newest)
        {
            return new ChannelReading([], ChannelPosition.Empty, gap, CaughtUp: true);
        }

        var read = Rising(channel.ReadSince(time, limit), limit, out var full);
        return new ChannelReading(read, ChannelPosition.At(read is [.., var last] ? last : newest), gap, CaughtUp: !full);
    }

    /// <summary>
    /// Within one read, numbers only rise: a record that steps back is a repetition, or was written after a clear in the middle of the read, and
    /// is then found by the next read.
    /// </summary>
    private static ChannelRecord[] Rising(IReadOnlyList<ChannelRecord> read, int limit, out bool full)
    {
        full = read.Count >= limit;
        var rising = new List<ChannelRecord>(read.Count);
        foreach (var record in read)
        {
            if (rising.Count == 0 || record.RecordId > rising[^1].RecordId)
            {
                rising.Add(record);
            }
        }

        return [.. rising];
    }
}
