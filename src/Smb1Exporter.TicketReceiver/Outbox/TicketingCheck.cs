using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>
/// Whether the ticketing system has all that deliveries need. Until it does nothing is delivered: with a field missing, each notification
/// could open a ticket of its own. Notifications are taken in all the same.
/// </summary>
internal sealed partial class TicketingCheck(ITicketingSystem ticketing, TimeProvider timeProvider, ILogger<TicketingCheck> logger)
{
    private readonly Lock _lock = new();
    private DateTimeOffset? _lastRun;
    private volatile IReadOnlyList<string>? _problems;

    /// <summary>Whether the last check found nothing wrong.</summary>
    public bool IsUsable => _problems is { Count: 0 };

    /// <summary>What the last check found; empty when nothing is wrong or none was made yet.</summary>
    public IReadOnlyList<string> Problems => _problems ?? [];

    /// <summary>Asks the ticketing system, unless it was asked a moment ago; what it finds is logged when it is new.</summary>
    /// <param name="unlessWithin">How long ago that may be.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public async Task<bool> RunAsync(TimeSpan unlessWithin, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = timeProvider.GetUtcNow();
            if (now - _lastRun < unlessWithin)
            {
                return IsUsable;
            }

            _lastRun = now;
        }

        var problems = await TicketingProblems.FindAsync(ticketing, cancellationToken);
        var before = _problems;
        _problems = problems;
        if (before is null || !before.SequenceEqual(problems, StringComparer.Ordinal))
        {
            Report(problems);
        }

        return IsUsable;
    }

    private void Report(IReadOnlyList<string> problems)
    {
        if (problems.Count == 0)
        {
            Log.Usable(logger, ticketing.Name);
        }

        foreach (var problem in problems)
        {
            Log.NotUsable(logger, ticketing.Name, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(220, LogLevel.Information, "Ready to deliver to {System}")]
        public static partial void Usable(ILogger logger, string system);

        [LoggerMessage(221, LogLevel.Error, "No ticket can be delivered to {System}: {Problem} Notifications are kept and delivered once this is mended; it is looked at again at least every 5 minutes")]
        public static partial void NotUsable(ILogger logger, string system, string problem);
    }
}
