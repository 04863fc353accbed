namespace Smb1Exporter.Counting;

/// <summary>Forgets clients unseen for <see cref="CountingOptions.ClientRetention"/>: addresses are personal data.</summary>
internal sealed partial class RetentionWorker(
    AttemptStore store, CountingOptions options, TimeProvider timeProvider, ILogger<RetentionWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var interval = options.ClientRetention < LongestInterval ? options.ClientRetention : LongestInterval;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var forgotten = store.ForgetUnseenClients();
                if (forgotten.Count > 0)
                {
                    Log.Forgotten(logger, forgotten.Count, options.ClientRetention);
                }
            }
            catch (Exception e)
            {
                Log.Failed(logger, e);
            }

            await timeProvider.PauseAsync(interval, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "{Count} clients forgotten: not seen for {Retention}")]
        public static partial void Forgotten(ILogger logger, int count, TimeSpan retention);

        [LoggerMessage(EventId = 301, Level = LogLevel.Error, Message = "Clients past their retention could not be forgotten; trying again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
