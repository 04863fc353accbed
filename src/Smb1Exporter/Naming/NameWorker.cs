using System.Net;
using Smb1Exporter.Counting;
using Smb1Exporter.State;

namespace Smb1Exporter.Naming;

/// <summary>Looks up the names of clients beside the counting, which never waits for it: slowly, and with a limit on every answer.</summary>
internal sealed partial class NameWorker(
    AttemptStore store, CountingOptions options, INameLookup lookup, TimeProvider timeProvider, ILogger<NameWorker> logger) : BackgroundService
{
    /// <summary>Longest wait for one answer.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    /// <summary>Between two questions: at most five a second.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>How often it is looked for clients without a name.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>An answer that is overdue still holds a thread of the system's resolver: of those, so many at most.</summary>
    private const int MostUnanswered = 4;

    private readonly List<Task> _unanswered = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (options.ResolveNames && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookUpAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.Failed(logger, e);
            }

            await timeProvider.PauseAsync(Interval, stoppingToken);
        }
    }

    private async Task LookUpAsync(CancellationToken cancellationToken)
    {
        var answers = new List<NameAnswer>();
        foreach (var address in NameSchedule.Due(store.Current.Clients, timeProvider.GetUtcNow()))
        {
            if (_unanswered.RemoveAll(task => task.IsCompleted) >= 0 && _unanswered.Count >= MostUnanswered)
            {
                break;
            }

            answers.Add(await AskAsync(address, cancellationToken));
            await timeProvider.PauseAsync(Pause, cancellationToken);
        }

        if (answers.Count > 0)
        {
            store.SetNames(answers);
        }
    }

    private async Task<NameAnswer> AskAsync(IPAddress address, CancellationToken cancellationToken)
    {
        var asked = lookup.FindAsync(address, cancellationToken);
        try
        {
            var name = ClientName.Canonicalize(await asked.WaitAsync(AnswerLimit, timeProvider, cancellationToken));
            return new NameAnswer(address.ToString(), name, timeProvider.GetUtcNow());
        }
        catch (TimeoutException)
        {
            if (!asked.IsCompleted)
            {
                _unanswered.Add(asked);
            }

            return new NameAnswer(address.ToString(), null, timeProvider.GetUtcNow(), IsUnanswered: true);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 600, Level = LogLevel.Warning, Message = "Names of clients could not be looked up or kept; trying again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
