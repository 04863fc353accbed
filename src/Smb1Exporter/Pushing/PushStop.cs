namespace Smb1Exporter.Pushing;

/// <summary>Ends pushes soon after the program was told to stop, so that an endpoint that does not answer keeps it from nothing.</summary>
internal sealed class PushStop : IDisposable
{
    /// <summary>How long after that the last push may take. The whole stop may take three seconds.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenRegistration _registration;
    private ITimer? _timer;

    public PushStop(IHostApplicationLifetime lifetime, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(lifetime);
        _registration = lifetime.ApplicationStopping.Register(
            () => _timer = timeProvider.CreateTimer(_ => _ended.Cancel(), null, Limit, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Cancelled when no push may go on.</summary>
    public CancellationToken Token => _ended.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _timer?.Dispose();
        _ended.Dispose();
    }
}
