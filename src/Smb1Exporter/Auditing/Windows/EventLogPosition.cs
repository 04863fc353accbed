using System.Text.Json;
using System.Text.Json.Serialization;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>Where reading goes on, per channel name; stored as JSON.</summary>
/// <param name="Version">The format of the position: 1.</param>
/// <param name="Channels">One entry for each channel that has been read.</param>
internal sealed record EventLogPosition(int Version, IReadOnlyDictionary<string, ChannelPosition> Channels)
{
    private const int CurrentVersion = 1;

    public static EventLogPosition Of(IReadOnlyDictionary<string, ChannelPosition> channels) => new(CurrentVersion, channels);

    /// <summary>The position in a stored text; null when the text is none: empty, full of NULs, cut short, or of an unknown version.</summary>
    public static EventLogPosition? Parse(string text)
    {
        try
        {
            var position = JsonSerializer.Deserialize(text, PositionJson.Default.EventLogPosition);
            return position is { Version: CurrentVersion, Channels: not null } && position.Channels.Values.All(c => c is not null && c.IsUsable)
                ? position
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override string ToString() => JsonSerializer.Serialize(this, PositionJson.Default.EventLogPosition);
}

/// <summary>The last record of a channel that was examined, whether or not it concerned SMB1.</summary>
/// <param name="Record">Its EventRecordID; 0 when the channel was found empty.</param>
/// <param name="Time">When it was created: tells it from another record of the same number after the numbers started anew.</param>
internal sealed record ChannelPosition(long Record, DateTimeOffset? Time)
{
    public static readonly ChannelPosition Empty = new(0, null);

    [JsonIgnore]
    public bool IsUsable => Record == 0 ? Time is null : Record > 0 && Time is not null;

    public static ChannelPosition At(ChannelRecord record) => new(record.RecordId, record.Time);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EventLogPosition))]
internal sealed partial class PositionJson : JsonSerializerContext;
