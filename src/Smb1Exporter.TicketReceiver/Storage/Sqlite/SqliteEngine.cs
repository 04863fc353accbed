using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Smb1Exporter.TicketReceiver.Storage.Sqlite;

/// <summary>A file of SQLite. It has one writer at a time: writers queue here, where waiting holds no thread.</summary>
internal sealed class SqliteEngine(string path, string keyPrefix) : IDatabaseEngine
{
    // A sender gets its 503 before it gives up by itself.
    private static readonly TimeSpan LongestQueue = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _writer = new(1);
    private IDisposable? _lock;

    public string Name => path;

    public TimeSpan LookAgainAfter => TimeSpan.FromSeconds(10);

    public IServerLocks Locks { get; } = new SingleReceiverLocks();

    public void Occupy() => _lock = DatabaseLock.Take(path);

    public void Prepare() => DatabaseFile.Prepare(path, keyPrefix);

    public void Use(DbContextOptionsBuilder builder) => DatabaseFile.Use(builder, path);

    public async Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken)
    {
        if (!await _writer.WaitAsync(LongestQueue, cancellationToken))
        {
            throw new TimeoutException($"More is being written than the disk takes; waited {LongestQueue.TotalSeconds} s for a turn.");
        }

        // SQLite goes on writing into a file that has no name any more, and all of it would be gone with the process.
        if (!File.Exists(path))
        {
            _writer.Release();
            throw new FileNotFoundException("The file was removed while the receiver ran. Put it back from a backup, or start the receiver anew.");
        }

        return new Turn(_writer);
    }

    public Task HoldBackOthersAsync(ReceiverDatabase database, IEnumerable<string> keys, CancellationToken cancellationToken) => Task.CompletedTask;

    public bool IsConflict(Exception fault) => false;

    public string Explain(Exception fault) => fault.GetBaseException() is SqliteException e
        ? $"{e.Message.TrimEnd('.')}. {DatabaseFile.Remedy(e.SqliteErrorCode)}."
        : $"{fault.GetBaseException().Message.TrimEnd('.')}.";

    public void Dispose()
    {
        _lock?.Dispose();
        _writer.Dispose();
    }

    private sealed class Turn(SemaphoreSlim writer) : IDisposable
    {
        public void Dispose() => writer.Release();
    }
}
