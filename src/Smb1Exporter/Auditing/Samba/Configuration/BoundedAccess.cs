using System.Collections.Concurrent;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>
/// File access that cannot hold up its caller: a file system that does not answer (a dead network mount) never lets go of the thread that asks it.
/// </summary>
internal static class BoundedAccess
{
    /// <summary>How long a file system may take. Local ones take milliseconds, also when they are busy.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static readonly ConcurrentDictionary<string, Lazy<Task<object?>>> UnderWay = new(StringComparer.Ordinal);

    /// <summary>Runs an access on a thread of its own. While one of the same name is under way, its result is waited for; none is begun beside it.</summary>
    /// <param name="what">What is asked for, as messages name it.</param>
    /// <param name="access">The access.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Ends the waiting, not the access.</param>
    /// <exception cref="IOException">There was no answer in time; or the exception of the access itself.</exception>
    public static async Task<T> RunAsync<T>(string what, Func<T> access, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var begun = UnderWay.GetOrAdd(what, _ => new Lazy<Task<object?>>(() => BeginAsync(what, () => access())));
        try
        {
            return (T)(await begun.Value.WaitAsync(Limit, timeProvider, cancellationToken))!;
        }
        catch (TimeoutException)
        {
            throw new IOException($"the file system did not answer within {Limit.TotalSeconds:0} s; is it a network mount whose server is away?");
        }
    }

    private static Task<object?> BeginAsync(string what, Func<object?> access) =>
        Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return access();
                }
                finally
                {
                    UnderWay.TryRemove(what, out _);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
}
