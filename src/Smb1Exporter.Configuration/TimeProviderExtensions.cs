namespace Smb1Exporter.Configuration;

/// <summary>What workers do with their clock.</summary>
public static class TimeProviderExtensions
{
    /// <summary>Waits for <paramref name="pause"/>. Ends early, without an exception, when it is cancelled.</summary>
    public static async Task PauseAsync(this TimeProvider timeProvider, TimeSpan pause, CancellationToken cancellationToken) =>
        await Task.Delay(pause, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits until <paramref name="task"/> has ended, whatever came of it, at most for <paramref name="longest"/>. Ends early when it is cancelled.</summary>
    public static async Task WaitForAsync(this TimeProvider timeProvider, Task task, TimeSpan longest, CancellationToken cancellationToken) =>
        await task.WaitAsync(longest, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
