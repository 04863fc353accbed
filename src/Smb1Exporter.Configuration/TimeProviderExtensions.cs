namespace Smb1Exporter.Configuration;

/// <summary>What workers do with their clock.</summary>
public static class TimeProviderExtensions
{
    /// <summary>Waits for <paramref name="pause"/>. Ends early, without an exception, when it is cancelled.</summary>
    public static async Task PauseAsync(this TimeProvider timeProvider, TimeSpan pause, CancellationToken cancellationToken) =>
        await Task.Delay(pause, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
