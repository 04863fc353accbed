using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// Tells at once that a folder changed, where the system can; where it cannot (no watches left, folder missing), looking at intervals does.
/// </summary>
internal sealed partial class FolderWatch(
    TimeProvider timeProvider, TimeSpan pollInterval, Action<string> appeared, ILogger logger) : IDisposable
{
    /// <summary>Writers come in bursts: so long at least between two looks.</summary>
    internal static readonly TimeSpan MinimumInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Where changes are announced and none is expected, so many intervals pass between two looks: each costs as much as counting a record.</summary>
    private const int IntervalsWhileQuiet = 5;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>All files are looked at so often, whatever is announced: what other machines of a cluster write is not.</summary>
    private static readonly TimeSpan LookAtAllEvery = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private FileSystemWatcher? _watcher;
    private string? _folder;
    private FileIdentity? _identity;
    private LogPattern? _pattern;
    private long? _failed;
    private long _looked;
    private TaskCompletionSource _changed = NewSignal();
    private HashSet<string> _changedNames = [];
    private long? _lookedAtAll;

    /// <summary>Watches the pattern's folder from now on; call before each look.</summary>
    /// <returns>The names that changed since the last call; null where all files have to be looked at.</returns>
    public IReadOnlySet<string>? Follow(LogPattern pattern, FileIdentity? folderIdentity)
    {
        lock (_lock)
        {
            _looked = timeProvider.GetTimestamp();
            _changed = NewSignal();
            _pattern = pattern;
            var names = _changedNames;
            _changedNames = [];
            if (_folder == pattern.Folder && _identity == folderIdentity && _watcher is not null)
            {
                if (_lookedAtAll is { } last && timeProvider.GetElapsedTime(last) < LookAtAllEvery)
                {
                    return names;
                }

                _lookedAtAll = _looked;
                return null;
            }

            _lookedAtAll = null;
            var waiting = _failed is { } failed && timeProvider.GetElapsedTime(failed) < RetryAfter;
            if (folderIdentity is null || (waiting && _identity == folderIdentity))
            {
                return null;
            }

            _folder = pattern.Folder;
            _identity = folderIdentity;
            Start();
            return null;
        }
    }

    /// <summary>Completes at a change, or after the poll interval; never sooner than the minimum interval after the last look.</summary>
    /// <param name="isQuiet">Whether nothing but an announced change can bring something to do.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitAsync(bool isQuiet, CancellationToken cancellationToken)
    {
        Task changed;
        TimeSpan interval;
        lock (_lock)
        {
            changed = _changed.Task;
            interval = isQuiet && _watcher is not null ? IntervalsWhileQuiet * pollInterval : pollInterval;
        }

        await timeProvider.WaitForAsync(changed, interval, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var rest = MinimumInterval - timeProvider.GetElapsedTime(_looked);
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, timeProvider, cancellationToken);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _pattern = null;
            _watcher?.Dispose();
            _watcher = null;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Start()
    {
        _watcher?.Dispose();
        _watcher = null;
        try
        {
            var watcher = new FileSystemWatcher(_folder!)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.Size | NotifyFilters.LastWrite,
            };
            watcher.Created += (_, change) => Notice(change, mayBeNew: true);
            watcher.Renamed += (_, change) =>
            {
                Notice(new FileSystemEventArgs(WatcherChangeTypes.Deleted, _folder!, change.OldName), mayBeNew: false);
                Notice(change, mayBeNew: true);
            };
            watcher.Changed += (_, change) => Notice(change, mayBeNew: false);
            watcher.Deleted += (_, change) => Notice(change, mayBeNew: false);
            watcher.Error += (_, error) => Fail(watcher, error.GetException());
            watcher.EnableRaisingEvents = true;
            _watcher = watcher;
            _failed = null;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            Fail(null, e);
        }
    }

    private void Notice(FileSystemEventArgs change, bool mayBeNew)
    {
        LogPattern? pattern;
        lock (_lock)
        {
            pattern = _pattern;
        }

        if (pattern is null || change.Name is not { } name || !pattern.Matches(name))
        {
            return;
        }

        if (mayBeNew)
        {
            appeared(change.FullPath);
        }

        lock (_lock)
        {
            _changedNames.Add(name);
            _changed.TrySetResult();
        }
    }

    private void Fail(FileSystemWatcher? watcher, Exception why)
    {
        lock (_lock)
        {
            if (watcher is not null && watcher != _watcher)
            {
                return;
            }

            _failed = timeProvider.GetTimestamp();
            _watcher = null;
            _changed.TrySetResult();
        }

        watcher?.Dispose();
        LogWatchFailed(logger, _folder ?? "", pollInterval, why.Message);
    }

    [LoggerMessage(1, LogLevel.Warning,
        "Changes in {Folder} are not announced to this program, which looks every {Interval} instead: {Reason} "
        + "(if it says that a limit was reached, raise fs.inotify.max_user_watches or max_user_instances with sysctl)")]
    private static partial void LogWatchFailed(ILogger logger, string folder, TimeSpan interval, string reason);
}
