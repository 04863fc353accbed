namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// Events 3000 and 1001 of the Windows event log. Without the Audit channel there are no attempts to count, so its failure is the source's failure;
/// a failure of Operational costs the rejections only, and is told with the records of Audit. Each channel is read whatever befalls the other.
/// </summary>
internal sealed class WindowsEventLogSource : IAuditSource
{
    /// <summary>The most records of one channel, ours or not, that one read examines.</summary>
    public const int RecordsPerRead = 1000;

    private static readonly TimeSpan StateInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromHours(1);

    private readonly Feed _audit;
    private readonly Feed _operational;
    private readonly TimeSpan _pollInterval;
    private readonly TimeProvider _timeProvider;
    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <param name="audit">Microsoft-Windows-SMBServer/Audit.</param>
    /// <param name="operational">Microsoft-Windows-SMBServer/Operational.</param>
    /// <param name="pollInterval">How often the channels are read when no notice comes.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Takes what befalls the subscriptions; records, errors and gaps are for the reader of the batches to log.</param>
    public WindowsEventLogSource(
        IEventChannel audit, IEventChannel operational, TimeSpan pollInterval, TimeProvider timeProvider, ILogger<WindowsEventLogSource> logger)
    {
        _audit = new Feed(audit, new ChannelWatch(audit, Wake, timeProvider, logger));
        _operational = new Feed(operational, new ChannelWatch(operational, Wake, timeProvider, logger));
        _pollInterval = pollInterval;
        _timeProvider = timeProvider;
    }

    /// <inheritdoc />
    public string Description => $"Windows event log {_audit.Name} and {_operational.Name}";

    /// <inheritdoc />
    public AuditBatch Read(AuditStart start, CancellationToken cancellationToken)
    {
        var batch = new BatchBuilder(start.Position);
        if (batch.PositionIsUnusable)
        {
            batch.Gaps.Add(new AuditGap(
                Description, "the stored position is unusable (empty, damaged or of another version); reading goes on from the oldest record that is not known to be counted"));
        }

        var failure = ReadFeed(_audit, batch, start.NotBefore, cancellationToken);
        if (ReadFeed(_operational, batch, start.NotBefore, cancellationToken) is not { } lesser)
        {
            _operational.LastTold = null;
        }
        else if (failure is null && IsNews(_operational, lesser))
        {
            batch.Errors.Add(new AuditReadError(lesser.Reason, _operational.Name, lesser.Message));
        }

        if (failure is null)
        {
            return batch.Build();
        }

        // What Operational brought is not lost with it.
        return batch.HasNews ? batch.Build(caughtUp: false) with { Failure = failure } : throw failure;
    }

    /// <inheritdoc />
    public IReadOnlyList<string> GetAdvice() =>
        [.. new[] { _audit, _operational }.Select(feed => ChannelSize.Advise(feed.Channel, _timeProvider.GetUtcNow())).OfType<string>()];

    /// <inheritdoc />
    public async Task WaitForMoreAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_pollInterval, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The poll interval is over.
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _audit.Watch.Dispose();
        _operational.Watch.Dispose();
    }

    private AuditSourceException? ReadFeed(Feed feed, BatchBuilder batch, DateTimeOffset notBefore, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var reading = ChannelCursor.Read(feed.Channel, batch.PositionOf(feed.Name), notBefore, RecordsPerRead);
            batch.Add(feed.Name, reading);
            feed.Watch.AfterRead(reading.Records.LastOrDefault(record => record.Xml is not null)?.Time);

            // Who can read the records need not be told that the channel's configuration is closed to him.
            return StateProblem(feed, stale: feed.Problem is not null) is { Reason: not ReadErrorReason.AccessDenied } problem ? problem : null;
        }
        catch (AuditSourceException e)
        {
            // What the state says is the better remedy: reading a disabled channel may fail with any error.
            return StateProblem(feed, stale: true) ?? e;
        }
    }

    private AuditSourceException? StateProblem(Feed feed, bool stale)
    {
        if (stale || feed.StateSeen is not { } seen || _timeProvider.GetElapsedTime(seen) >= StateInterval)
        {
            feed.Problem = ChannelProblem.Of(feed.Name, feed.Channel.GetState());
            feed.StateSeen = _timeProvider.GetTimestamp();
        }

        return feed.Problem;
    }

    /// <summary>A lasting failure is told when it begins, when it changes, and then hourly: not with every read.</summary>
    private bool IsNews(Feed feed, AuditSourceException failure)
    {
        if (feed.LastTold is { } told && told.Message == failure.Message && _timeProvider.GetElapsedTime(told.Timestamp) < RepeatInterval)
        {
            return false;
        }

        feed.LastTold = (failure.Message, _timeProvider.GetTimestamp());
        return true;
    }

    private void Wake()
    {
        if (_wake.CurrentCount > 0)
        {
            return;
        }

        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // The other channel's notice came in between: a wake-up is pending.
        }
    }

    /// <summary>One channel with what is remembered about it between reads.</summary>
    private sealed class Feed(IEventChannel channel, ChannelWatch watch)
    {
        public IEventChannel Channel => channel;

        public ChannelWatch Watch => watch;

        public string Name => channel.Name;

        public long? StateSeen { get; set; }

        public AuditSourceException? Problem { get; set; }

        public (string Message, long Timestamp)? LastTold { get; set; }
    }
}
