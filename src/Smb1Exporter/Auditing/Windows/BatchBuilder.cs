namespace Smb1Exporter.Auditing.Windows;

/// <summary>Gathers the readings of both channels into one batch.</summary>
internal sealed class BatchBuilder
{
    private readonly AuditPosition? _start;
    private readonly Dictionary<string, ChannelPosition> _positions;
    private readonly List<AuditRecord> _records = [];
    private bool _caughtUp = true;
    private bool _moved;

    /// <param name="position">The stored position; null on the first run.</param>
    public BatchBuilder(AuditPosition? position)
    {
        _start = position;
        var parsed = position is null ? null : EventLogPosition.Parse(position.Text);
        PositionIsUnusable = position is not null && parsed is null;
        _positions = parsed is null ? [] : new Dictionary<string, ChannelPosition>(parsed.Channels);
    }

    public bool PositionIsUnusable { get; }

    public List<AuditReadError> Errors { get; } = [];

    public List<AuditGap> Gaps { get; } = [];

    /// <summary>Whether a channel was read past the position it had.</summary>
    public bool HasNews => _moved;

    public ChannelPosition? PositionOf(string channel) => _positions.GetValueOrDefault(channel);

    public void Add(string channel, ChannelReading reading)
    {
        if (reading.Gap is not null)
        {
            Gaps.Add(new AuditGap(channel, reading.Gap));
        }

        foreach (var record in reading.Records)
        {
            Add(record, $"{channel} record {record.RecordId}");
        }

        _moved |= PositionOf(channel) != reading.Position;
        _positions[channel] = reading.Position;
        _caughtUp &= reading.CaughtUp;
    }

    public AuditBatch Build(bool caughtUp = true) =>
        new(_records, Errors, Gaps, Position(), _caughtUp && caughtUp)
        {
            StartedOver = PositionIsUnusable,
            IsPositionUrgent = true,
            OwnRecords =
            [
                .. _records.Where(record => record is { Kind: AuditRecordKind.Attempt, OwnName: not null }).Select(record => new OwnRecord(record.OwnName!, IsOfSession: false)),
            ],
        };

    private AuditPosition Position()
    {
        var text = EventLogPosition.Of(_positions).ToString();
        return text == _start?.Text ? _start : AuditPosition.Of(text);
    }

    private void Add(ChannelRecord record, string place)
    {
        if (record.Fault is not null)
        {
            Errors.Add(new AuditReadError(ReadErrorReason.Malformed, place, record.Fault) { MayHideAttempt = true });
        }

        if (record.Xml is null)
        {
            return;
        }

        var parsed = EventXmlParser.Parse(record.Xml, place);
        if (parsed.Error is not null)
        {
            Errors.Add(parsed.Error);
        }

        if (parsed.Record is not null)
        {
            _records.Add(parsed.Record);
        }
    }
}
