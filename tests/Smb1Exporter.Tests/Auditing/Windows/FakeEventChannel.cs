using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Tests.Auditing.Windows;

/// <summary>
/// A channel in memory with what a real one does to its readers: wraps, is cleared (numbers start anew or go on), is disabled, refuses, repeats records,
/// and has subscriptions that fail or go silent.
/// </summary>
internal sealed class FakeEventChannel(string name) : IEventChannel
{
    public const long Megabyte = 1024 * 1024;

    private readonly List<ChannelRecord> _records = [];
    private readonly List<Subscription> _subscriptions = [];
    private long _next = 1;

    public string Name => name;

    public ChannelState State { get; set; } = new(ChannelStatus.Enabled, 8 * Megabyte, Megabyte);

    /// <summary>Thrown by every reading method when set.</summary>
    public AuditSourceException? Failure { get; set; }

    /// <summary>Refuses subscriptions when set, as EventLogWatcher does: it announces the reason and then throws something else.</summary>
    public Exception? SubscribeFailure { get; set; }

    public Exception? EnableFailure { get; set; }

    /// <summary>Subscriptions stay but announce nothing, as after a restart of the event log service.</summary>
    public bool Silent { get; set; }

    /// <summary>Each record is handed out twice in a row.</summary>
    public bool Repeats { get; set; }

    public int Subscriptions => _subscriptions.Count;

    public int SubscriptionsAsked { get; private set; }

    public int SubscriptionsMade { get; private set; }

    /// <summary>Writes an event; returns its number.</summary>
    public long Write(DateTimeOffset time, string? xml, string? fault = null)
    {
        var record = new ChannelRecord(_next++, time, xml, fault);
        _records.Add(record);
        if (xml is not null && !Silent)
        {
            _subscriptions.ToList().ForEach(subscription => subscription.Written());
        }

        return record.RecordId;
    }

    public long WriteAttempt(DateTimeOffset time, string client = "192.168.1.214") =>
        Write(time, EventXml.Attempt(client, time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", System.Globalization.CultureInfo.InvariantCulture)));

    public long WriteRejection(DateTimeOffset time) =>
        Write(time, EventXml.Rejection(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>An event of the channel that does not concern SMB1.</summary>
    public long WriteOther(DateTimeOffset time) => Write(time, xml: null);

    /// <summary>Numbers that are given to records nobody sees: a jump.</summary>
    public void Jump(long by) => _next += by;

    /// <summary>The oldest records are overwritten, down to <paramref name="kept"/>.</summary>
    public void Wrap(int kept)
    {
        _records.RemoveRange(0, _records.Count - kept);
        State = State with { FileBytes = State.MaximumBytes };
    }

    public void Clear(bool numbersStartAnew)
    {
        _records.Clear();
        _next = numbersStartAnew ? 1 : _next;
        State = State with { FileBytes = 68 * 1024 };
    }

    public void FailSubscriptions(Exception failure) => _subscriptions.ToList().ForEach(subscription => subscription.Failed(failure));

    public ChannelState GetState() => State;

    public void Enable()
    {
        if (EnableFailure is not null)
        {
            throw EnableFailure;
        }

        State = State with { Status = ChannelStatus.Enabled };
    }

    public ChannelRecord? Oldest() => Readable().FirstOrDefault();

    public ChannelRecord? Newest() => Readable().LastOrDefault();

    public IReadOnlyList<ChannelRecord> ReadFrom(long recordId, int limit)
    {
        var from = Readable().SkipWhile(record => record.RecordId < recordId).ToList();
        return from is [var first, ..] && first.RecordId == recordId ? HandOut(from, limit) : [];
    }

    public IReadOnlyList<ChannelRecord> ReadSince(DateTimeOffset time, int limit) => HandOut(Readable().Where(record => record.Time >= time), limit);

    public IDisposable Subscribe(Action written, Action<Exception> failed)
    {
        SubscriptionsAsked++;
        if (SubscribeFailure is not null)
        {
            failed(SubscribeFailure);
            throw new NotSupportedException("something else");
        }

        SubscriptionsMade++;
        var subscription = new Subscription(_subscriptions, written, failed);
        _subscriptions.Add(subscription);
        return subscription;
    }

    private List<ChannelRecord> HandOut(IEnumerable<ChannelRecord> records, int limit) =>
        [.. records.SelectMany(record => Enumerable.Repeat(record, Repeats ? 2 : 1)).Take(limit)];

    private List<ChannelRecord> Readable() => Failure is null ? _records : throw Failure;

    private sealed record Subscription(List<Subscription> All, Action Written, Action<Exception> Failed) : IDisposable
    {
        public void Dispose() => All.RemoveAll(subscription => ReferenceEquals(subscription, this));
    }
}
